import CorralHTTP
import Foundation
import Testing

/// A `corral serve` that runs beside a test.
struct RunningServe {
  /// Its address, without a slash at the end.
  let address: String

  /// Calls `body` with `corral serve model` on a free port, and ends it as an operator would.
  static func with<Result>(
    _ arguments: [String] = [], in folder: URL, environment: [String: String] = [:],
    _ body: (RunningServe) throws -> Result
  ) throws -> Result {
    let process = Process()
    process.executableURL = try Binary.url
    process.arguments =
      ["serve", "model", "--listen", "127.0.0.1:0", "--json", "--quiet"]
      // No deadline comes on a busy machine.
      + ["--set", "serve.deadline=60000"] + arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    defer { if process.isRunning { process.terminate() } }
    var text = ""
    while (try? JSONParser.parse(text)) == nil {
      let data = output.fileHandleForReading.availableData
      try #require(!data.isEmpty, "the server ended: \(text)")
      text += String(decoding: data, as: UTF8.self)
    }
    let address = try #require(try JSONParser.parse(text)["address"]?.text)
    let result = try body(RunningServe(address: String(address.dropLast())))
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return result
  }

  /// The answer to a GET.
  func get(_ path: String, in folder: URL) throws -> JSON {
    let outcome = try Shell.run("curl -s '\(address)\(path)'", in: folder)
    #expect(outcome.code == 0, "\(path): \(outcome.errors)")
    return try JSONParser.parse(outcome.output)
  }
}
