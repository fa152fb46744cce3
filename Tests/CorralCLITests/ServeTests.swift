import CorralHTTP
import Foundation
import Testing

@Suite struct ServeTests {
  /// The lines of the README run against a server of a small model, on a port that is free.
  @Test func `the README asks, sends an event, and gets another answer`() throws {
    let readme = try Page("README.md").text
    let block = try #require(readme.firstMatch(of: /(?ms)^```sh curl\n(.*?)^```/))
    let lines = String(block.1).replacing("\\\n", with: " ").split(separator: "\n").map(String.init)
    try #require(lines.count == 3)
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        at: packageRoot.appending(
          path: "Tests/CorralPipelineTests/Fixtures/format-2/mf-then-deepfm"),
        to: folder.appending(path: "model"))
      let process = Process()
      process.executableURL = try Binary.url
      process.arguments = ["serve", "model", "--listen", "127.0.0.1:0", "--json", "--quiet"]
      process.currentDirectoryURL = folder
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
      let opened = try JSONParser.parse(text)
      let address = try #require(opened["address"]?.text)
      #expect(opened["items"] == .number(30) && opened["keys"] == .bool(false))
      let answers = try lines.map { line in
        let outcome = try Shell.run(
          line.replacing("http://127.0.0.1:8088/", with: address), in: folder)
        #expect(outcome.code == 0, "\(line): \(outcome.errors)")
        return try JSONParser.parse(outcome.output)
      }
      let (before, after) = (try ids(answers[0]), try ids(answers[2]))
      #expect(before.count == 3 && after.count == 3 && before != after)
      #expect(answers[1]["events"]?.elements?.first?["repeat"] == .bool(false))
      process.terminate()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
  }

  private func ids(_ answer: JSON) throws -> [String] {
    try #require(answer["items"]?.elements).compactMap { $0["id"]?.text }
  }

  @Test(arguments: [
    (["--listen", "nowhere"], Int32(64), "--listen needs a host and a port"),
    (["--listen", "0.0.0.0:0"], 2, "CORRAL_READ_KEY"),
    (["--set", "serve.deadlin=3"], 2, "did you mean"),
    (["--keys", "missing"], 2, "cannot be read"),
    (["--tls-certificate", "a"], 64, "belong together"),
  ])
  func `what cannot be served is told, with an exit code`(
    arguments: [String], code: Int32, words: String
  ) throws {
    let outcome = try Binary.run(["serve", "model"] + arguments)
    #expect(outcome.code == code && outcome.errors.contains(words), "\(outcome.errors)")
  }
}
