import ArgumentParser
import CorralData
import CorralSettings
import CorralText

/// Which data a `data` command looks at: a path, and what settings say about it.
struct DataOptions: ParsableArguments {
  @Argument(help: "A file of interactions, or a folder that holds one.")
  var path: String

  @Option(
    help: ArgumentHelp(
      "The format, or auto: \(DataFormat.allCases.map(\.rawValue).joined(separator: ", "))."))
  var format: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A settings file; its block data counts.", valueName: "file"))
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("One setting, as in data.filter.minUser=5.", valueName: "key.path=value"))
  var assignments: [String] = []

  /// The merged block, over this path.
  func settings() throws -> DataSettings {
    var overlay = Settings.overlay()
    try overlay.apply(file: config, assignments: assignments)
    var settings = try overlay.decoded().data
    settings.path = path
    if let format { settings.format = try DataFormat(named: format) }
    return settings
  }

  /// A `data` command on the same data with the same settings, to be copied into a shell.
  func command(_ name: String) -> String {
    var words = ["corral"] + name.split(separator: " ").map(String.init) + [path]
    if let format { words += ["--format", format] }
    return ShellCommand.of(words + settingWords)
  }

  /// The training of a model on the same data with the same settings.
  var trainCommand: String {
    var words = ["corral", "train", "--data", path, "--out", "model"]
    if let format { words += ["--set", "data.format=\(format)"] }
    return ShellCommand.of(words + settingWords)
  }

  private var settingWords: [String] {
    (config.map { ["--config", $0] } ?? []) + assignments.flatMap { ["--set", $0] }
  }
}
