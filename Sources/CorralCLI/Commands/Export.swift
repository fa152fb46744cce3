import ArgumentParser
import CorralArtifacts
import CorralData
import CorralPipeline
import CorralText
import CorralVectors
import Foundation

/// `corral export DIR`: the vectors of a model, for other programs.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the vectors of users and items for other programs.",
    discussion: """
      A score is the inner product of a user's vector and an item's, the largest one where users \
      have several. Row n of a matrix belongs to line n of users.txt or items.txt; in TSV files the \
      id stands in the first column. An id has its own bytes, but for a line feed, a carriage return, \
      a tab and a backslash, which are \\n, \\r, \\t and \\\\. The folder must be new, empty, or an \
      earlier export, which is replaced.
      """)

  @Argument(help: "The directory of a saved model.")
  var model: String

  @Option(help: "The format: safetensors, npy or tsv.")
  var format: VectorExport.Format

  @Option(help: ArgumentHelp("Where to write; by default MODEL-export.", valueName: "dir"))
  var out: String?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let console = output.console
    if let out { try OutputPlace.check(out) }
    let opened = try OpenedModel(model)
    let folder = URL(filePath: out ?? URL(filePath: model).standardizedFileURL.path + "-export")
      .resolvingSymlinksInPath()
    let export = try VectorExport(opened, as: format)
    let (written, unconfirmed) = try export.write(to: folder)
    if let unconfirmed {
      console.warn("\(folder.path) is written, but may be lost in a power cut: \(unconfirmed)")
    }
    try console.printJSON(
      Output(
        format: format.rawValue, path: folder.path, files: written, users: opened.users.count,
        items: opened.items.count, dimension: export.users.columns, interests: export.interests))
    console.print(
      """
      \(Format.counted(export.users.rows, "vector")) of \(Format.counted(opened.users.count, "user")) and \
      \(Format.counted(opened.items.count, "item")), \(Format.counted(export.users.columns, "number")) each, in \
      \(folder.path): \(written.joined(separator: ", "))
      """)
  }

  private struct Output: Encodable {
    let format: String
    let path: String
    let files: [String]
    let users: Int
    let items: Int
    let dimension: Int
    let interests: Int
  }
}
