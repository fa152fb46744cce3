import Foundation
import Yams

/// An experiment as data: what was asked, how to run it again, and what came out.
struct ExperimentFolder {
  /// What the experiment is called.
  let name: String
  /// What it answers.
  let question: String
  /// The results as they are printed, a block of Markdown.
  let table: String
  /// How long it took, in seconds.
  let seconds: Double

  /// Writes `settings.json`, `results.json` and `README.md`; an experiment must not be there yet.
  func write(settings: some Encodable, results: some Encodable, to folder: URL) throws {
    try Self.checkFree(folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(settings).write(to: folder.appending(path: "settings.json"))
    try encoder.encode(results).write(to: folder.appending(path: "results.json"))
    try Data(readme(in: folder).utf8).write(to: folder.appending(path: "README.md"))
  }

  /// Throws where a folder holds the results of an experiment already.
  static func checkFree(_ folder: URL) throws {
    guard !FileManager.default.fileExists(atPath: folder.appending(path: "results.json").path)
    else { throw InputError.exists(folder.path) }
  }

  /// The experiment that a settings file names.
  static func name(inSettings path: String) throws -> String {
    struct Named: Decodable { var experiment: String }
    guard let data = FileManager.default.contents(atPath: path),
      let named = try? YAMLDecoder().decode(Named.self, from: data)
    else {
      throw InputError.options("\(path) names no experiment; it needs a line `experiment: NAME`")
    }
    return named.experiment
  }

  /// The question, the table and how it was made, as a section of a file of results.
  var section: String {
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
