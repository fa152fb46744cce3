import ArgumentParser
import CorralData

/// Reads an `.inter` file into columns, ids numbered.
struct ParseCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "parse")

  @Argument(help: "The file.")
  var file: String

  func run() throws {
    try Worker.serve {
      var rows = 0
      let seconds = try Worker.seconds {
        rows = try Dataset.load(DataSettings(path: file)).dataset.log.count
      }
      return ["seconds": seconds, "rows": Double(rows)]
    }
  }
}
