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
      try serving(in: folder) { server in
        #expect(server.opened["items"] == .number(30) && server.opened["keys"] == .bool(false))
        let answers = try lines.map { line in
          try ask(line.replacing("http://127.0.0.1:8088/", with: server.address), in: folder)
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
      let first = try serving(["--import", "log.csv"], in: folder) { server in
        let events = try ask("curl -s \(server.address)v1/users/ann/events", in: folder)
        let items = try #require(events["events"]?.elements).map { $0["item"]?.text }
        #expect(items == ["1", "2"])
        return server.opened["events"]?.integer ?? 0
      }
      log += "bob,2,1700000300\n"
      try Data(log.utf8).write(to: folder.appending(path: "longer.csv"))
      try serving(["--import", "longer.csv"], in: folder) { server in
        #expect(server.opened["events"]?.integer == first + 1)
      }
    }
  }

  @Test func `a folder that is watched is served as soon as it is replaced`() throws {
    try withTemporaryFolder { folder in
      try place("popularity", at: "model", in: folder)
      try serving(["--watch"], in: folder) { server in
        #expect(server.opened["kind"]?.text == "popularity")
        try replace("model", by: "mf-then-deepfm", in: folder)
        var kind: String?
        // It looks every two seconds; the rest is for a machine that is busy.
        for _ in 0..<300 where kind != "mf, then deepfm" {
          usleep(100_000)
          kind = try ask("curl -s \(server.address)v1/admin/status", in: folder)["kind"]?.text
        }
        #expect(kind == "mf, then deepfm")
      }
    }
  }

  @Test func `a server that learns recommends what it had never heard of`() throws {
    try withTemporaryFolder { folder in
      let (trained, outcome) = try TinyData.trained("two-tower", in: folder)
      try #require(outcome.code == 0, "\(outcome.errors)")
      try FileManager.default.moveItem(at: trained, to: folder.appending(path: "model"))
      let settings = [
        "live.patience=0.1", "live.publish.seconds=0.2", "live.learn.batch=32",
        "live.learn.rate=0.05",
      ].flatMap { ["--set", $0] }
      try serving(["--learn"] + settings, in: folder) { server in
        func post(_ events: [String]) throws {
          let body = "[\(events.joined(separator: ","))]"
          let line = "curl -s \(server.address)v1/events -H 'content-type: application/json' -d "
          _ = try ask(line + "'\(body)'", in: folder)
        }
        func recommended() throws -> [String] {
          try ids(ask("curl -s '\(server.address)v1/users/u0/recommendations?k=10'", in: folder))
        }
        #expect(try !recommended().contains("fresh"))
        // Users walk on through the items of their camps; each fourth step of the first camp is new.
        var isFound = false
        for round in 0..<300 where !isFound {
          try post(
            (1..<60).map { user in
              let place = user / 2 + round
              let item =
                user % 2 == 0 && place % 4 == 0 ? "fresh" : "i\(user % 2 * 20 + place % 20)"
              return #"{"user": "u\#(user)", "item": "\#(item)", "type": "click"}"#
            })
          usleep(100_000)
          isFound = try recommended().contains("fresh")
        }
        #expect(isFound)
      }
      let status = try Binary.run("stream", "status", folder.appending(path: "model").path)
      #expect(status.code == 0 && status.output.contains("serves"), "\(status.errors)")
    }
  }

  @Test func `a folder of an arm that is watched is served as soon as it is replaced`() throws {
    try withTemporaryFolder { folder in
      try place("popularity", at: "model", in: folder)
      try place("popularity", at: "fresh", in: folder)
      let arms = """
        name: models
        arms: [{name: old}, {name: fresh, model: \(folder.appending(path: "fresh").path)}]
        """
      try Data(arms.utf8).write(to: folder.appending(path: "arms.yaml"))
      try serving(["--watch", "--arms", "arms.yaml"], in: folder) { server in
        func model(of arm: String) throws -> String {
          let line = "curl -s '\(server.address)v1/users/1/recommendations?k=3&arm=\(arm)'"
          return try #require(try ask(line, in: folder)["model"]?.text)
        }
        let (old, fresh) = (try model(of: "old"), try model(of: "fresh"))
        try replace("fresh", by: "mf-then-deepfm", in: folder)
        var now = fresh
        for _ in 0..<300 where now == fresh {
          usleep(100_000)
          now = try model(of: "fresh")
        }
        #expect(now != fresh && now.hasPrefix("fresh-"))
        #expect(try model(of: "old") == old)
      }
    }
  }

  @Test func `a hangup opens the folder anew, and refuses what is damaged by its name`() throws {
    try withTemporaryFolder { folder in
      try place("popularity", at: "model", in: folder)
      let log = folder.appending(path: "log")
      try serving(in: folder, log: log) { server in
        func status() throws -> JSON {
          try ask("curl -s \(server.address)v1/admin/status", in: folder)
        }
        func said() throws -> String { try String(contentsOf: log, encoding: .utf8) }
        /// Sends hangups until something is so; the first may come before the server listens to them.
        func hangUp(until isSo: () throws -> Bool) throws {
          for _ in 0..<300 where try !isSo() {
            kill(server.process, SIGHUP)
            usleep(100_000)
          }
          #expect(try isSo())
        }
        try replace("model", by: "mf-then-deepfm", in: folder)
        try hangUp { try said().contains("the model was reloaded") }
        #expect(try status()["kind"]?.text == "mf, then deepfm")
        let version = try #require(try status()["model"]?.text)
        let line = "curl -s '\(server.address)v1/users/1/recommendations?k=5'"
        let before = try ids(ask(line, in: folder))

        try place("popularity", at: "damaged", in: folder)
        let file = folder.appending(path: "damaged/items.txt")
        var data = try Data(contentsOf: file)
        data[0] ^= 1
        try data.write(to: file)
        try FileManager.default.removeItem(at: folder.appending(path: "model"))
        try FileManager.default.moveItem(
          at: folder.appending(path: "damaged"), to: folder.appending(path: "model"))
        try hangUp { try said().contains("items.txt is damaged") }
        let refusal = try said().split(separator: "\n").last { $0.contains("is damaged") } ?? ""
        #expect(refusal.contains("the model was not reloaded") && refusal.contains("SIGHUP"))
        #expect(refusal.contains("/model is not served"), "\(refusal)")
        #expect(try status()["model"]?.text == version)
        #expect(try ids(ask(line, in: folder)) == before)
      }
    }
  }

  /// Copies a model of the fixtures.
  private func place(_ fixture: String, at name: String, in folder: URL) throws {
    try FileManager.default.copyItem(
      at: packageRoot.appending(path: "Tests/CorralPipelineTests/Fixtures/format-2/\(fixture)"),
      to: folder.appending(path: name))
  }

  /// Puts a model of the fixtures in the place of another.
  private func replace(_ name: String, by fixture: String, in folder: URL) throws {
    try place(fixture, at: "new", in: folder)
    let model = folder.appending(path: name)
    try FileManager.default.moveItem(at: model, to: folder.appending(path: "old"))
    try FileManager.default.moveItem(at: folder.appending(path: "new"), to: model)
  }

  /// A `corral serve` that runs.
  private struct Served {
    /// What it said at its start.
    let opened: JSON
    let address: String
    let process: pid_t
  }

  /// Calls `body` with `corral serve model`, and ends it as an operator would.
  ///
  /// Its log goes to a file if one is given.
  @discardableResult private func serving<Result>(
    _ arguments: [String] = [], in folder: URL, log: URL? = nil,
    _ body: (Served) throws -> Result
  ) throws -> Result {
    let process = Process()
    process.executableURL = try Binary.url
    process.arguments =
      ["serve", "model", "--listen", "127.0.0.1:0", "--json"] + (log == nil ? ["--quiet"] : [])
      + arguments
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    if let log {
      try Data().write(to: log)
      process.standardError = try FileHandle(forWritingTo: log)
    }
    try process.run()
    defer { if process.isRunning { process.terminate() } }
    var text = ""
    while (try? JSONParser.parse(text)) == nil {
      let data = output.fileHandleForReading.availableData
      try #require(!data.isEmpty, "the server ended: \(text)")
      text += String(decoding: data, as: UTF8.self)
    }
    let opened = try JSONParser.parse(text)
    let result = try body(
      Served(
        opened: opened, address: #require(opened["address"]?.text),
        process: process.processIdentifier))
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
    (["--learn", "--watch"], 64, "leave out --watch"),
    (["--learn", "--set", "live.learn.batch=0"], 2, "live.learn.batch"),
  ])
  func `what cannot be served is told, with an exit code`(
    arguments: [String], code: Int32, words: String
  ) throws {
    let outcome = try Binary.run(["serve", "model"] + arguments)
    #expect(outcome.code == code && outcome.errors.contains(words), "\(outcome.errors)")
  }
}
