import CorralArtifacts
import Foundation
import Testing

/// `corral stream`, and `corral serve --learn`, as a user runs them.
@Suite struct StreamTests {
  /// Settings under which a run depends on its log alone.
  private static let exact = [
    "learn.batch=16", "patience=0", "publish.seconds=0", "publish.examples=100",
    "checkpoint.seconds=0", "checkpoint.steps=2",
  ].flatMap { ["--set", $0] }

  /// A small model, and a log that goes on where its data end.
  private func streamed<Result>(_ body: (_ folder: URL) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
      let (place, trained) = try TinyData.trained(
        "two-tower", in: folder, "--set", "correction.estimator.buckets=1024")
      try #require(trained.code == 0, "\(trained.errors)")
      try FileManager.default.moveItem(at: place, to: folder.appending(path: "model"))
      var log = ""
      for step in 10..<20 {
        for user in 0..<TinyData.users + 10 {
          let camp = user % 2 * TinyData.items / 2
          let item = camp + (user / 2 + step) % (TinyData.items / 2)
          // One item of each camp has a new name from now on.
          log +=
            #"{"user": "u\#(user)", "item": "i\#(item)\#(item % 20 == 7 ? "-new" : "")"}"# + "\n"
        }
      }
      try Data(log.utf8).write(to: folder.appending(path: "log.jsonl"))
      return try body(folder)
    }
  }

  private func run(_ arguments: String..., in folder: URL, _ more: [String] = []) throws -> Outcome
  {
    let words = (["corral"] + arguments + more).map { "'\($0)'" }.joined(separator: " ")
    return try Shell.run(words, in: folder)
  }

  @Test func `learns a log, and the model knows what was new in it`() throws {
    try streamed { folder in
      let outcome = try run(
        "stream", "model", "--from", "log.jsonl", "--once", "--json", in: folder, Self.exact)
      try #require(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("published 1"))
      let report = try outcome.json([String: JSONValue].self)
      #expect(report["tally"]?["events"] == .integer(700))
      #expect(report["tally"]?["newUsers"] == .integer(10))
      #expect(report["tally"]?["newItems"] == .integer(2))
      let similar = try run("similar", "model", "--item", "i7-new", "--json", in: folder)
      #expect(similar.code == 0, "\(similar.errors)")
      let status = try run("stream", "status", "model", in: folder)
      #expect(status.code == 0 && status.output.contains("serves"))
      #expect(status.output.contains("corral stream rollback model"))
      // It may have learned what its data hold out.
      let evaluated = try run("evaluate", "model", in: folder)
      #expect(evaluated.code == 2 && evaluated.errors.contains("has learned from a stream"))
      let back = try run("stream", "rollback", "model", "--json", in: folder)
      let snapshot = try back.json([String: JSONValue].self)["snapshot"]
      let now = try run("stream", "status", "model", "--json", in: folder)
        .json([String: JSONValue].self)
      #expect(snapshot != nil && now["serving"]?["publication"] == snapshot)
    }
  }

  @Test func `reads standard input, and goes on behind what it has read`() throws {
    try streamed { folder in
      for (lines, learned) in [("head -n 350", 350), ("head -n 700", 700)] {
        let outcome = try Shell.run(
          "\(lines) log.jsonl | corral stream model --from - --json "
            + Self.exact.joined(separator: " "), in: folder)
        try #require(outcome.code == 0, "\(outcome.errors)")
        let tally = try outcome.json([String: JSONValue].self)["tally"]
        #expect(tally?["events"] == .integer(learned))
      }
    }
  }

  @Test func `ends with the same bytes as a run that was never killed`() throws {
    try streamed { folder in
      for place in ["whole", "killed"] {
        try FileManager.default.copyItem(
          at: folder.appending(path: "model"), to: folder.appending(path: place))
      }
      let whole = try run(
        "stream", "whole", "--from", "log.jsonl", "--once", in: folder, Self.exact)
      try #require(whole.code == 0, "\(whole.errors)")
      // Wherever a kill hits: at its start, in a step, a checkpoint or a publication.
      var kills = 0
      for hundredths in stride(from: 4, through: 60, by: 8) {
        let outcome = try Shell.run(
          "timeout -s KILL 0.\(hundredths < 10 ? "0" : "")\(hundredths) corral stream killed "
            + "--from log.jsonl --once " + Self.exact.joined(separator: " "), in: folder)
        kills += outcome.code == 0 ? 0 : 1
      }
      #expect(kills > 0)
      let last = try run(
        "stream", "killed", "--from", "log.jsonl", "--once", in: folder, Self.exact)
      try #require(last.code == 0, "\(last.errors)")
      for file in ["weights", "optimiser", "training", "histories"] {
        let bytes = try ["whole", "killed"].map { place in
          try Data(
            contentsOf: folder.appending(path: "\(place).live/checkpoint/\(file).safetensors"))
        }
        #expect(bytes[0] == bytes[1], "\(file)")
      }
    }
  }

  @Test func `says what is wrong with its input`() throws {
    try streamed { folder in
      for (arguments, words) in [
        (["stream", "nothing", "--from", "log.jsonl"], "nothing"),
        (["stream", "model", "--from", "no.jsonl"], "no.jsonl"),
        (["stream", "model", "--from", "log.jsonl", "--set", "learn.batch=1"], "learn.batch"),
        (
          ["stream", "model", "--from", "log.jsonl", "--set", "learn.bath=1"],
          "did you mean 'batch'"
        ),
        (["stream", "rollback", "model"], "no snapshot"),
      ] {
        let outcome = try run(arguments[0], in: folder, Array(arguments.dropFirst()))
        #expect(outcome.code == 2, "\(arguments): \(outcome.errors)")
        #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
        #expect(
          !FileManager.default.fileExists(
            atPath: folder.appending(path: "nothing.live").path))
      }
    }
  }
}
