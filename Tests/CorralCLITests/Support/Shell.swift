import Foundation

/// A shell in which commands run as a reader of the output pastes them.
enum Shell {
  /// Runs a command of bash in a folder, with the built `corral` in the path.
  static func run(_ command: String, in folder: URL) throws -> Outcome {
    try Binary.shell(
      "PATH=\"${CORRAL%/*}:$PATH\" exec bash -c \"$1\"", command, in: folder)
  }
}
