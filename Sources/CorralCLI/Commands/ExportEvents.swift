import ArgumentParser
import CorralService
import CorralStore
import CorralText
import Foundation

extension DataCommand {
  /// `corral data export-events STORE_OR_MODEL --out FILE`.
  struct ExportEvents: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export-events",
      abstract: "Writes what a server has stored as a log that `corral train` reads.",
      discussion: """
        Events have weight 1. What was shown and not taken has weight 0, and is an impression to \
        whoever reads the log. The server may be running.
        """)

    @Argument(help: "The folder of the store, or of the model that is served.")
    var path: String

    @Option(help: ArgumentHelp("The file to write: .csv, .tsv or .jsonl.", valueName: "file"))
    var out: String

    @OptionGroup var output: OutputOptions

    func run() throws {
      try OutputPlace.check(out)
      let console = output.console
      let report = try EventExport().write(store(), to: out)
      try console.printJSON(report)
      let negative = report.impressions + report.negative
      console.print(
        "\(Format.counted(report.events, "event")) and "
          + "\(Format.counted(negative, "impression")) in \(out)")
      if report.anonymous > 0 {
        console.note(
          "\(Format.counted(report.anonymous, "shown item")) left out: nobody knows to whom")
      }
      console.suggest([
        (ShellCommand.of(["corral", "data", "describe", out]), "what it is like"),
        (ShellCommand.of(["corral", "train", "--data", out, "--out", "model"]), "a model of it"),
      ])
    }

    /// The store at the path, or beside the model there.
    private func store() throws -> URL {
      let given = URL(filePath: path).standardizedFileURL
      let beside = given.deletingLastPathComponent()
        .appending(path: given.lastPathComponent + ".store")
      let found = [given, beside].first {
        FileManager.default.fileExists(atPath: $0.appending(path: Store.databaseName).path)
      }
      guard let found else {
        throw InputError.other(
          "\(path) holds no \(Store.databaseName), and neither does \(beside.path): give the folder "
            + "of a store, or of a model that `corral serve` has served")
      }
      return found
    }
  }
}
