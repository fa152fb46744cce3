import Foundation

/// A shell in which commands run as a reader of the output pastes them.
enum Shell {
  /// Runs one command of bash in a folder, with the built `corral` in the path, and returns its exit
  /// code.
  static func run(_ command: String, in folder: URL) throws -> Int32 {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["-c", command]
    shell.currentDirectoryURL = folder
    let programs = try Binary.url.deletingLastPathComponent().path
    let old = ProcessInfo.processInfo.environment
    shell.environment = old.merging(["PATH": "\(programs):\(old["PATH"] ?? "")"]) { $1 }
    shell.standardOutput = FileHandle.nullDevice
    shell.standardError = FileHandle.nullDevice
    shell.standardInput = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    return shell.terminationStatus
  }
}
