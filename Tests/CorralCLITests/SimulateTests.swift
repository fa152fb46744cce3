import CorralHTTP
import Foundation
import Testing

@Suite struct SimulateTests {
  private static let small = ["--users", "100", "--items", "60", "--visits", "60"]

  /// Runs `corral simulate`, which must succeed, and returns what it printed.
  private func simulate(_ arguments: [String], in folder: URL) throws -> JSON {
    let outcome = try Binary.run(["simulate"] + arguments + ["--json", "--quiet"], in: folder)
    try #require(outcome.code == 0, "\(outcome.errors)")
    return try JSONParser.parse(outcome.output)
  }

  /// A model of the log of five days, which is in the folder `people`.
  private func train(in folder: URL) throws {
    _ = try simulate(["events", "people", "--days", "5"] + Self.small, in: folder)
    let trained = try Binary.run(
      "train", "--data", "people", "--out", "model", "--set", "retriever.model=popularity",
      "--quiet", in: folder)
    try #require(trained.code == 0, "\(trained.errors)")
  }

  @Test func `people visit a server that was trained on their log`() throws {
    try withTemporaryFolder { folder in
      try train(in: folder)
      try RunningServe.with(in: folder) { server in
        let before = try server.get("/v1/admin/status", in: folder)["last_position"]?.integer ?? -1
        let found = try simulate(
          [
            "run", "--url", server.address, "--policy", "random", "--from-day", "5", "--days", "2",
            "--at-once", "3", "--timeout", "3600", "--plot", "days.svg",
          ] + Self.small, in: folder)
        #expect(found["policies"]?.texts == ["server", "random"])
        #expect(found["days"]?.elements?.compactMap { $0["day"]?.integer } == [5, 5, 6, 6])
        let total = try #require(found["totals"]?.elements?.first)
        let clicks = try #require(total["clicks"]?.integer)
        #expect(total["visits"]?.integer == 120 && total["places"]?.integer == 1200 && clicks > 0)
        // The server knows what faded, and who clicked what.
        #expect(total["unknown"]?.integer == 0 && total["repeated"]?.integer == 0)
        let after = try server.get("/v1/admin/status", in: folder)["last_position"]?.integer ?? -1
        #expect(before >= 0 && after - before == clicks)
        // Five days of six births each, and those of the first day: items 60 to 89, then 90.
        let born = try server.get("/v1/items/i90", in: folder)
        #expect(born["title"]?.text?.hasSuffix(", item 90") == true)
        let drawing = try String(
          contentsOf: folder.appending(path: "days.svg"), encoding: .utf8)
        for name in ["server", "random", "best lists"] { #expect(drawing.contains(">\(name)<")) }
      }
    }
  }

  @Test func `the same world has the same days, and a server is not needed`() throws {
    try withTemporaryFolder { folder in
      let words = ["run", "--days", "2", "--from-day", "1"] + Self.small
      let (one, two) = (try simulate(words, in: folder), try simulate(words, in: folder))
      #expect(one["policies"]?.texts == ["popular", "random", "oracle"])
      #expect(one["days"] == two["days"] && one["world"]?["visits"] == .number(60))
      let other = try simulate(words + ["--seed", "5", "--set", "drift=0.2"], in: folder)
      #expect(other["days"] != one["days"] && other["world"]?["drift"] == .number(0.2))
      let printed = try Binary.run(["simulate"] + words, in: folder)
      #expect(printed.code == 0 && printed.errors.contains("360 visits in"))
      #expect(printed.output.contains("100.0% to 100.0% of the best lists"))
      for line in printed.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }
  }

  @Test func `a log is written with what makes it possible to go on`() throws {
    try withTemporaryFolder { folder in
      let outcome = try Binary.run(
        ["simulate", "events", "people", "--days", "2", "--impressions", "--to", "csv"]
          + Self.small, in: folder)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let next =
        "corral simulate run --url http://127.0.0.1:8088 --from-day 2 --users 100 --items 60"
        + " --visits 60"
      #expect(outcome.output.contains(next), "\(outcome.output)")
      let described = try Binary.run("data", "describe", "people", in: folder)
      #expect(described.code == 0 && described.output.contains("impressions"))
      let items = try String(
        contentsOf: folder.appending(path: "people/simulated.items.csv"), encoding: .utf8)
      #expect(items.split(separator: "\n").count == 1 + 60 + 6 && items.contains(", item 65\""))
    }
  }

  @Test(arguments: [
    (["events", "x", "--days", "0"], Int32(64), "--days is 0"),
    (["events", "x", "--set", "drif=1"], 2, "did you mean 'drift'"),
    (["events", "x", "--items", "3"], 2, "setting 'items' is 3"),
    (["events", "x", "--days", "1", "--set", "bestRate=1e-12"], 2, "nobody clicked"),
    (["events", "x", "--to", "tsv"], 2, "--to tsv cannot be written"),
    (["events", "x", "--to", "xls"], 2, "xls"),
    (["run", "--key", "a"], 64, "--key is of a server"),
    (["run", "--url", "https://example.com"], 2, "speaks plain http"),
    (["run", "--url", "somewhere"], 2, "is no address"),
    (["run", "--url", "http://127.0.0.1:1"], 1, "does not answer"),
    (["run", "--url", "http://a", "--url", "http://a"], 64, "given twice"),
    (["run", "--policy", "best"], 64, "popular"),
    (["run", "--at-once", "0"], 64, "--at-once is 0"),
    (["run", "--from-day=-1"], 64, "--from-day is -1"),
    (["run", "--timeout", "0"], 64, "--timeout is 0"),
    (["run", "--plot", "nowhere/days.svg"], 2, "--plot"),
  ])
  func `what cannot be simulated is told, with an exit code`(
    arguments: [String], code: Int32, words: String
  ) throws {
    try withTemporaryFolder { folder in
      let outcome = try Binary.run(["simulate"] + arguments, in: folder)
      #expect(outcome.code == code && outcome.errors.contains(words), "\(outcome.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test func `a server that refuses is quoted, with what it was asked`() throws {
    try withTemporaryFolder { folder in
      try train(in: folder)
      let words =
        ["simulate", "run", "--from-day", "5", "--days", "1", "--timeout", "3600"] + Self.small
      let keys = [
        "CORRAL_WRITE_KEY": "a-key-that-may-write", "CORRAL_READ_KEY": "a-key-that-may-read",
      ]
      try RunningServe.with(in: folder, environment: keys) { server in
        let words = words + ["--url", server.address]
        let none = try Binary.run(words, in: folder, environment: ["CORRAL_WRITE_KEY": ""])
        #expect(none.code == 2, "\(none.errors)")
        let told = ["POST \(server.address)/v1/items", "status 401", "--key"]
        for part in told { #expect(none.errors.contains(part), "\(none.errors)") }
        let wrong = try Binary.run(words + ["--key", keys["CORRAL_READ_KEY"] ?? ""], in: folder)
        #expect(wrong.code == 2 && wrong.errors.contains("status 403"), "\(wrong.errors)")
        let right = try Binary.run(words, in: folder, environment: keys)
        #expect(right.code == 0, "\(right.errors)")
        let below = try Binary.run(
          ["simulate", "run", "--url", server.address + "/below/"], in: folder)
        #expect(below.code == 2 && below.errors.contains("/below/health/ready"), "\(below.errors)")
      }
    }
  }

  @Test func `another world than the model's is pointed out`() throws {
    try withTemporaryFolder { folder in
      try train(in: folder)
      try RunningServe.with(in: folder) { server in
        let outcome = try Binary.run(
          [
            "simulate", "run", "--url", server.address, "--days", "1", "--timeout", "3600",
            "--set", "list=5", "--users", "20", "--items", "12", "--visits", "40",
          ], in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("not in the catalogue of the day"), "\(outcome.errors)")
        #expect(outcome.errors.contains("log of another world"), "\(outcome.errors)")
      }
    }
  }
}
