import Foundation
import Synchronization
import Testing

/// The folder of `Package.swift`.
let packageRoot = URL(filePath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// What a run of the binary left behind.
struct Outcome {
  let code: Int32
  let output: String
  let errors: String

  /// Standard output as the JSON object that `--json` promises.
  func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(output.utf8))
  }
}

/// The binary `corral`, built beside the tests.
enum Binary {
  /// Where the build put it: the folder that holds the test bundle.
  static var url: URL {
    get throws {
      let candidates =
        ([Bundle.main.executableURL] + Bundle.allBundles.map(\.bundleURL))
        .compactMap { $0?.deletingLastPathComponent() } + [
          packageRoot.appending(path: ".build/release"),
          packageRoot.appending(path: ".build/debug"),
        ]
      return try #require(
        candidates.map { $0.appending(path: "corral") }
          .first { FileManager.default.isExecutableFile(atPath: $0.path) },
        "corral is not built: run swift build first")
    }
  }

  /// Runs `corral` with the arguments, to its end.
  static func run(
    _ arguments: String..., in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    try run(arguments, in: folder, environment: environment)
  }

  /// Runs `corral` with the arguments, to its end.
  static func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    try run(arguments, in: folder, environment: environment) { _ in }
  }

  /// Runs `corral`, and presses Ctrl-C a moment after a file appears.
  static func interrupted(_ arguments: [String], after file: String) throws -> Outcome {
    try run(arguments, in: nil, environment: [:]) { process in
      for _ in 0..<3_000 where process.isRunning {
        if FileManager.default.fileExists(atPath: file) { break }
        usleep(10_000)
      }
      usleep(400_000)
      process.interrupt()
    }
  }

  /// Runs `corral` where no file may grow beyond a number of blocks of 512 bytes.
  static func run(_ arguments: [String], fileLimitBlocks: Int) throws -> Outcome {
    let script = "trap '' XFSZ; ulimit -f \(fileLimitBlocks); exec \"$0\" \"$@\""
    let shell = URL(filePath: "/bin/sh")
    return try run(
      ["-c", script, try url.path] + arguments, in: nil, environment: [:], program: shell
    ) { _ in }
  }

  /// Runs `corral` where the process may have so much memory.
  static func run(_ arguments: [String], in folder: URL, memoryKilobytes: Int) throws -> Outcome {
    let script = "ulimit -v \(memoryKilobytes); exec \"$0\" \"$@\""
    return try run(
      ["-c", script, try url.path] + arguments, in: folder, environment: ["OMP_NUM_THREADS": "1"],
      program: URL(filePath: "/bin/sh")
    ) { _ in }
  }

  /// Runs a script of the shell, in which `$0` and `$CORRAL` are `corral` and `$1` and so on are the
  /// arguments.
  static func shell(_ script: String, _ arguments: String..., in folder: URL? = nil) throws
    -> Outcome
  {
    try run(
      ["-c", script, try url.path] + arguments, in: folder, environment: ["CORRAL": try url.path],
      program: URL(filePath: "/bin/sh")
    ) { _ in }
  }

  private static func run(
    _ arguments: [String], in folder: URL?, environment: [String: String],
    program: URL? = nil, meanwhile: (Process) -> Void
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = try program ?? url
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // Both pipes are read while the process writes, or a full one would stop it for ever.
    let said = Mutex(Data())
    let reader = DispatchQueue(label: "standard error")
    reader.async {
      let data = errors.fileHandleForReading.readDataToEndOfFile()
      said.withLock { $0 = data }
    }
    meanwhile(process)
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    reader.sync {}
    return Outcome(
      code: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
      errors: String(decoding: said.withLock { $0 }, as: UTF8.self))
  }
}

/// Runs a body with an empty folder that is gone afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "corral-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
