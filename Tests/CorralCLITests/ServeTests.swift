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
      try place("mf-then-deepfm", at: "model", in: folder)
      try serving(in: folder) { opened, address in
        #expect(opened["items"] == .number(30) && opened["keys"] == .bool(false))
        let answers = try lines.map { line in
          try ask(line.replacing("http://127.0.0.1:8088/", with: address), in: folder)
        }
        let (before, after) = (try ids(answers[0]), try ids(answers[2]))
        #expect(before.count == 3 && after.count == 3 && before != after)
        #expect(answers[1]["events"]?.elements?.first?["repeat"] == .bool(false))
      }
    }
  }

  @Test func `a log is imported once, under whatever name it comes`() throws {
    try withTemporaryFolder { folder in
      try place("popularity", at: "model", in: folder)
      var log = "user,item,timestamp\nann,1,1700000000\nann,2,1700000100\nbob,1,1700000200\n"
      try Data(log.utf8).write(to: folder.appending(path: "log.csv"))
      let first = try serving(["--import", "log.csv"], in: folder) { opened, address in
        let events = try ask("curl -s \(address)v1/users/ann/events", in: folder)
        let items = try #require(events["events"]?.elements).map { $0["item"]?.text }
        #expect(items == ["1", "2"])
        return opened["events"]?.integer ?? 0
      }
      log += "bob,2,1700000300\n"
      try Data(log.utf8).write(to: folder.appending(path: "longer.csv"))
      try serving(["--import", "longer.csv"], in: folder) { opened, _ in
        #expect(opened["events"]?.integer == first + 1)
      }
    }
  }

  @Test func `a folder that is watched is served as soon as it is replaced`() throws {
    try withTemporaryFolder { folder in
      try place("popularity", at: "model", in: folder)
      try place("mf-then-deepfm", at: "new", in: folder)
      try serving(["--watch"], in: folder) { opened, address in
        #expect(opened["kind"]?.text == "popularity")
        let manager = FileManager.default
        let model = folder.appending(path: "model")
        try manager.moveItem(at: model, to: folder.appending(path: "old"))
        try manager.moveItem(at: folder.appending(path: "new"), to: model)
        var kind: String?
        // It looks every two seconds; the rest is for a machine that is busy.
        for _ in 0..<300 where kind != "mf, then deepfm" {
          usleep(100_000)
          kind = try ask("curl -s \(address)v1/admin/status", in: folder)["kind"]?.text
        }
        #expect(kind == "mf, then deepfm")
      }
    }
  }

  /// Copies a model of the fixtures.
  private func place(_ fixture: String, at name: String, in folder: URL) throws {
    try FileManager.default.copyItem(
      at: packageRoot.appending(path: "Tests/CorralPipelineTests/Fixtures/format-2/\(fixture)"),
      to: folder.appending(path: name))
  }

  /// Calls `body` with what `corral serve model` says at its start, and ends it as an operator would.
  @discardableResult private func serving<Result>(
    _ arguments: [String] = [], in folder: URL, _ body: (JSON, String) throws -> Result
  ) throws -> Result {
    let process = Process()
    process.executableURL = try Binary.url
    process.arguments =
      ["serve", "model", "--listen", "127.0.0.1:0", "--json", "--quiet"] + arguments
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
    let result = try body(opened, #require(opened["address"]?.text))
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return result
  }

  private func ask(_ line: String, in folder: URL) throws -> JSON {
    let outcome = try Shell.run(line, in: folder)
    #expect(outcome.code == 0, "\(line): \(outcome.errors)")
    return try JSONParser.parse(outcome.output)
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
