import CorralArtifacts
package import Foundation

/// A Markdown file of results with one section for each experiment and data set.
///
/// A repeated experiment replaces its section.
package struct ResultsFile {
  private let url: URL

  /// The file at a place, which may not exist yet.
  package init(_ url: URL) { self.url = url }

  /// Replaces the section with a title, or appends a new section.
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
