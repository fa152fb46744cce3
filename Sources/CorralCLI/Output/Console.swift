import ArgumentParser
package import CorralText
import Foundation

/// The options that say how much is printed, and as what.
package struct OutputOptions: ParsableArguments {
  @Flag(name: .long, help: "Print one JSON object on standard output and nothing else there.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print no progress and no notes.")
  package var quiet = false

  @Flag(name: .shortAndLong, help: "Print more: the merged settings, every step that takes time.")
  package var verbose = false

  /// The console these options ask for.
  package var console: Console {
    Console(isJSON: json, verbosity: quiet ? .quiet : verbose ? .verbose : .normal)
  }
}

/// Where a command writes: results to standard output, everything else to standard error.
package struct Console: Sendable {
  /// How much is printed besides the result.
  package enum Verbosity: Int, Comparable {
    case quiet, normal, verbose

    package static func < (left: Verbosity, right: Verbosity) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  /// Whether standard output holds one JSON object instead of text.
  package let isJSON: Bool
  /// How much is printed besides the result.
  package let verbosity: Verbosity
  /// Styles for standard output.
  package let style: TextStyle
  /// Styles for standard error.
  package let noteStyle: TextStyle
  /// Whether standard error is a terminal, on which a line can be overwritten.
  package let isInteractive: Bool

  package init(isJSON: Bool, verbosity: Verbosity) {
    self.isJSON = isJSON
    self.verbosity = verbosity
    style = Self.wantsColour(STDOUT_FILENO) ? .coloured : .plain
    noteStyle = Self.wantsColour(STDERR_FILENO) ? .coloured : .plain
    isInteractive = isatty(STDERR_FILENO) != 0
  }

  /// Writes a part of the result as text; does nothing if the result is JSON.
  package func print(_ text: String = "") {
    if !isJSON { StandardStreams.output(text.printableLines(style) + "\n") }
  }

  /// Writes the result as JSON where that was asked for.
  package func printJSON(_ value: some Encodable) throws {
    guard isJSON else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    StandardStreams.output(text.printableJSON + "\n")
  }

  /// Says what is going on.
  package func note(_ text: String) {
    if verbosity >= .normal { say(text) }
  }

  /// Says what only a curious reader wants to know.
  package func detail(_ text: String) {
    if verbosity >= .verbose { say(noteStyle.dim(text)) }
  }

  /// Says something that the reader should not miss.
  package func warn(_ text: String) {
    say(noteStyle.warning("warning: ") + text)
  }

  /// Suggests what to do next, a line a command.
  package func suggest(_ commands: [(command: String, purpose: String)]) {
    guard verbosity >= .normal, !isJSON else { return }
    let widest = commands.map(\.command.displayWidth).max() ?? 0
    let purposes = commands.map(\.purpose.displayWidth).max() ?? 0
    print("\n" + style.bold("Next"))
    for (command, purpose) in commands {
      // A command is never cut, since it is there to be copied.
      if widest + purposes + 4 <= Table.lineWidth {
        print("  \(style.accent(command.fitted(to: widest)))  \(style.dim(purpose))")
      } else {
        print("  \(style.dim("# " + purpose))\n  \(style.accent(command))")
      }
    }
  }

  /// Writes over the current line of the terminal; the caller ends it with a whole line.
  package func overwrite(_ text: String) {
    StandardStreams.say("\r\u{1B}[K" + text.printableLines(noteStyle))
  }

  private func say(_ text: String) {
    StandardStreams.say(text.printableLines(noteStyle) + "\n")
  }

  private static func wantsColour(_ descriptor: Int32) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(descriptor) != 0 && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"] != "dumb"
  }
}
