import ArgumentParser
import CorralSettings
import Foundation

/// `corral config`: every setting there is, with what a file and the command line make of it.
struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the merged settings: every one there is, as a file that train takes.",
    discussion: "What train would refuse before it reads any data is refused here too.")

  @OptionGroup var settings: SettingsOptions

  @OptionGroup var output: OutputOptions

  func run() throws {
    let merged = try settings.merged()
    for line in try settings.movedKeys() { output.console.note(line) }
    try merged.validate()
    try output.console.printJSON(merged)
    output.console.print(try merged.commentedText().trimmingCharacters(in: .newlines))
  }
}
