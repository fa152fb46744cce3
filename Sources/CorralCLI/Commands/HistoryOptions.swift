import ArgumentParser
import CorralServing
import Foundation

/// The options that say what somebody has met: a list, single identifiers, or a file.
struct HistoryOptions: ParsableArguments {
  // A value may start with a dash, since an identifier may.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What somebody has met, oldest first; an id with a comma stands in double quotes, or the "
        + "comma after a backslash.",
      valueName: "item,item,..."))
  var history: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("One item that was met, as its id stands; can be repeated.", valueName: "id")
  )
  var met: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A file with one id on each line, oldest first; - reads standard input. It comes before "
        + "--history, and that before --met.",
      valueName: "file"))
  var historyFile: String?

  /// Whether a history was given, be it an empty one.
  var isGiven: Bool { history != nil || !met.isEmpty || historyFile != nil }

  /// The items of the history, oldest first; `nil` where none was given.
  ///
  /// Throws `InputError` for a file that cannot be read.
  func ids() throws -> [WrittenID]? {
    guard isGiven else { return nil }
    return try (historyFile.map(Self.lines(of: "--history-file")) ?? [])
      + (history.map(WrittenID.list) ?? [])
      + met.map { WrittenID($0) }
  }

  /// Reads the file that an option names, with one id on each line; `-` is standard input.
  static func lines(of option: String) -> (String) throws -> [WrittenID] {
    { path in try lines(path, option: option) }
  }

  private static func lines(_ path: String, option: String) throws -> [WrittenID] {
    if path == "-" { return WrittenID.lines(FileHandle.standardInput.readDataToEndOfFile()) }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InputError.options("\(option) \(path) is not there")
    }
    // A pipe and a device are read like a file: <(...) of a shell is one.
    guard !isFolder.boolValue, let file = FileHandle(forReadingAtPath: path),
      let data = try? file.readToEnd() ?? Data()
    else {
      throw InputError.options(
        "\(option) \(path) cannot be read: give a file with one id on each line")
    }
    return WrittenID.lines(data)
  }
}
