import CorralPipeline
import CorralText
package import Foundation
import Yams

/// The folder of an experiment that has ended: its question, its settings and its results.
package struct ExperimentFolder {
  /// What `corral experiment run` takes to repeat it.
  package let name: String
  /// What the experiment answers.
  package let question: String
  /// The results as Markdown.
  package let table: String
  /// How long it took, in seconds.
  package let seconds: Double
  /// The heading of its section in a file of results.
  package let heading: String

  /// An experiment with its results; the heading is its name unless another one is given.
  package init(
    name: String, question: String, table: String, seconds: Double, heading: String? = nil
  ) {
    self.name = name
    self.question = question
    self.table = table
    self.seconds = seconds
    self.heading = heading ?? name
  }

  /// Writes `settings.json`, `results.json` and `README.md`.
  ///
  /// Throws `ExperimentError` if the folder holds results already.
  package func write(settings: some Encodable, results: some Encodable, to folder: URL) throws {
    try Self.checkFree(folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(settings).write(to: folder.appending(path: "settings.json"))
    try encoder.encode(results).write(to: folder.appending(path: "results.json"))
    try Data(readme(in: folder).utf8).write(to: folder.appending(path: "README.md"))
  }

  /// Throws `ExperimentError` if a folder holds the results of an experiment already.
  package static func checkFree(_ folder: URL) throws {
    guard !FileManager.default.fileExists(atPath: folder.appending(path: "results.json").path)
    else {
      throw ExperimentError(
        "\(folder.path) exists already; choose another --out, or remove it first")
    }
  }

  /// The experiment whose settings a file holds; `nil` for a file without a key `experiment`.
  package static func experiment(inSettings path: String) -> String? {
    struct Named: Decodable { var experiment: String }
    let data = FileManager.default.contents(atPath: path)
    return data.flatMap { try? YAMLDecoder().decode(Named.self, from: $0) }?.experiment
  }

  /// The question, the table and the machine: a section of a file of results.
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
