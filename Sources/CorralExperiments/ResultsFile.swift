import CorralArtifacts
package import Foundation

/// A Markdown file of results with one section an experiment and data set, which a later run of the
/// same replaces.
package struct ResultsFile {
  private let url: URL

  /// The file at a place; it need not be there yet.
  package init(_ url: URL) { self.url = url }

  /// Replaces the section of a title, or adds it at the end.
  package func write(_ body: String, under title: String) throws {
    let heading = "## \(title)"
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? "# Results\n"
    var sections: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("## ") || sections.isEmpty {
        sections.append(String(line))
      } else {
        sections[sections.count - 1] += "\n" + line
      }
    }
    let section = "\(heading)\n\n\(body)\n"
    if let position = sections.firstIndex(where: {
      $0.split(separator: "\n").first.map(String.init) == heading
    }) {
      sections[position] = section
    } else {
      sections.append(section)
    }
    let whole = sections.map { $0.trimmingCharacters(in: .newlines) }.joined(separator: "\n\n")
    try AtomicFile.write(Data((whole + "\n").utf8), to: url)
  }
}
