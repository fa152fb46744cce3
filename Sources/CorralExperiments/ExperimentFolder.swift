import CorralPipeline
import CorralText
package import Foundation
import Yams

/// An experiment as data: what was asked, how to run it again, and what came out.
package struct ExperimentFolder {
  /// What the experiment is called.
  package let name: String
  /// What it answers.
  package let question: String
  /// The results as they are printed, a block of Markdown.
  package let table: String
  /// How long it took, in seconds.
  package let seconds: Double

  /// An experiment with its results.
  package init(name: String, question: String, table: String, seconds: Double) {
    self.name = name
    self.question = question
    self.table = table
    self.seconds = seconds
  }

  /// Writes `settings.json`, `results.json` and `README.md`; an experiment must not be there yet.
  package func write(settings: some Encodable, results: some Encodable, to folder: URL) throws {
    try Self.checkFree(folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(settings).write(to: folder.appending(path: "settings.json"))
    try encoder.encode(results).write(to: folder.appending(path: "results.json"))
    try Data(readme(in: folder).utf8).write(to: folder.appending(path: "README.md"))
  }

  /// Throws where a folder holds the results of an experiment already.
  package static func checkFree(_ folder: URL) throws {
    guard !FileManager.default.fileExists(atPath: folder.appending(path: "results.json").path)
    else {
      throw ExperimentError(
        "\(folder.path) exists already; choose another --out, or remove it first")
    }
  }

  /// The experiment that a settings file names.
  package static func name(inSettings path: String) throws -> String {
    struct Named: Decodable { var experiment: String }
    guard let data = FileManager.default.contents(atPath: path),
      let named = try? YAMLDecoder().decode(Named.self, from: data)
    else {
      throw ExperimentError("\(path) names no experiment; it needs a line `experiment: NAME`")
    }
    return named.experiment
  }

  /// The question, the table and how it was made, as a section of a file of results.
  package var section: String {
    """
    \(question)

    \(table)

    \(machine)
    """
  }

  private var machine: String {
    let machine = ProcessInfo.processInfo
    return """
      Corral \(Version.text), \(machine.activeProcessorCount) cores, \
      \(Format.bytes(Int(clamping: machine.physicalMemory))) of memory, \
      \(machine.operatingSystemVersionString), \(Format.seconds(seconds)).
      """
  }

  private func readme(in folder: URL) -> String {
    """
    # \(name)

    \(question)

    ```sh
    corral experiment run \(name) --config \(folder.lastPathComponent)/settings.json
    ```

    \(table)

    \(machine) The seeds are in `settings.json`, every number in `results.json`.

    """
  }
}
