import CorralCLI
import CorralServing
import CorralText
import Foundation
import Testing

/// What `recommend` and `similar` answer, to whomever they are asked for.
@Suite struct AnswerTests {
  private struct Answer: Decodable {
    struct Item: Decodable {
      struct Reason: Decodable { let id: String }
      let id: String
      let score: Float
      let stage: String
      let because: [Reason]?
    }
    let items: [Item]
    let fallback: String?
    let reason: String?
  }

  private static let oddIDs = [
    "-1", "--json", "Love, Actually", " lead", "trail ", "lead", "say \"hi\"", "a\\b", "tab\there",
    "line\nend", "🎬", "عنوان", "it's", "$HOME", "'q'", "1,2", "caf\u{E9}", "plain",
    String(repeating: "x", count: 10_000),
  ]

  /// A model whose users and items have identifiers that lists, options and shells give a meaning.
  private func oddModel(in folder: URL) throws -> String {
    struct Row: Encodable {
      let user_id: String
      let item_id: String
      let timestamp: Int
    }
    var log = ""
    for (user, name) in Self.oddIDs.enumerated() {
      for step in 0..<6 {
        let row = Row(
          user_id: name, item_id: Self.oddIDs[(user + step) % Self.oddIDs.count],
          timestamp: user * 10 + step)
        log += String(decoding: try JSONEncoder().encode(row), as: UTF8.self) + "\n"
      }
    }
    let (data, model) = (folder.appending(path: "odd.jsonl"), folder.appending(path: "odd model"))
    try Data(log.utf8).write(to: data)
    let trained = try Binary.run(
      ["train", "--data", data.path, "--out", model.path, "-q"] + TinyData.quick
        + ["--set", "retriever.model=implicit-als", "--set", "retriever.dimension=8"])
    try #require(trained.code == 0, "\(trained.errors)")
    return model.path
  }

  @Test func `every identifier can be asked for, and what Next prints runs`() throws {
    try withTemporaryFolder { folder in
      let model = try oddModel(in: folder)
      let file = folder.appending(path: "history.txt")
      for id in Self.oddIDs {
        try Data(id.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").utf8).write(to: file)
        for arguments in [
          ["recommend", model, "--user", id], ["recommend", model, "--user=\(id)"],
          ["recommend", model, "--met", id, "--met", "plain"],
          ["recommend", model, "--history", WrittenID.listed(id) + ", plain"],
          ["recommend", model, "--history-file", file.path], ["similar", model, "--item", id],
        ] {
          let outcome = try Binary.run(arguments + ["-k", "2"])
          let name = "\(arguments[0]) \(arguments[2]) \(id.prefix(20).debugDescription)"
          #expect(outcome.code == 0, "\(name): \(outcome.errors.prefix(200))")
          #expect(!outcome.errors.contains("not in this model"), "\(name)")
          #expect(!outcome.output.contains("what is popular"), "\(name)")
          let lines = outcome.output.split(separator: "\n")
          let commands = lines.filter { $0.hasPrefix("  corral ") }
          #expect(
            (lines.filter { !commands.contains($0) }).allSatisfy { $0.count <= 80 }, "\(name)")
          for command in commands where arguments[1] == model && arguments[2] == "--item" {
            try expectRuns(String(command), of: name)
          }
        }
      }
    }
  }

  /// The same word in two encodings is two items, and each is asked for by its own bytes.
  @Test func `an identifier that is not UTF-8 is asked for by its bytes and by its spelling`()
    throws
  {
    try withTemporaryFolder { folder in
      var log = Data("user_id,item_id,timestamp\n".utf8)
      let ids: [[UInt8]] = [[0x63, 0x61, 0x66, 0xE9], Array("caf\u{E9}".utf8), Array("tea".utf8)]
      for user in 0..<12 {
        for step in 0..<3 {
          log +=
            Data("u\(user),".utf8) + ids[(user + step) % 3] + Data(",\(user * 10 + step)\n".utf8)
        }
      }
      let (data, model) = (folder.appending(path: "log.csv"), folder.appending(path: "model").path)
      try log.write(to: data)
      let trained = try Binary.run(
        "train", "--data", data.path, "--out", model, "-q", "--set", "retriever.model=popularity")
      try #require(trained.code == 0, "\(trained.errors)")
      for (word, others) in [
        ("$(printf 'caf\\351')", ["caf\u{E9}", "tea"]),
        ("$(printf 'caf\\303\\251')", ["caf\\xE9", "tea"]),
        ("caf\\xE9", ["caf\u{E9}", "tea"]),
      ] {
        let script = "\"$0\" recommend \"$1\" --met \"\(word)\" --json"
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", script, try Binary.url.path, model]
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        shell.waitUntilExit()
        try #require(shell.terminationStatus == 0, "\(word)")
        let answer = try JSONDecoder().decode(Answer.self, from: printed)
        #expect(answer.items.map(\.id).sorted() == others.sorted(), "\(word)")
      }
    }
  }

  private func expectRuns(_ line: String, of name: String) throws {
    let command = line.components(separatedBy: "  for somebody")[0]
      .trimmingCharacters(in: .whitespaces)
    let run = Process()
    run.executableURL = URL(filePath: "/bin/bash")
    run.arguments = [
      "-c", "corral() { \"$0\" \"$@\" -q --json; }; " + command, try Binary.url.path,
    ]
    let errors = Pipe()
    (run.standardOutput, run.standardError) = (FileHandle.nullDevice, errors)
    try run.run()
    let said = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    run.waitUntilExit()
    #expect(run.terminationStatus == 0 && said.isEmpty, "\(name): \(command): \(said)")
  }

  /// The settings of a model of each kind that answers in its own way.
  private static let kinds: [(String, [String])] = [
    ("popularity", []), ("implicit-als", []), ("item2vec", []), ("mf", []), ("neumf", []),
    ("mind", []), ("sasrec", []), ("two-tower", []),
    (
      "mf",
      [
        "ranker.model=deepfm", "ranker.dimension=8", "ranker.hidden=[16]", "evaluate.sweep=[]",
        "rankerTraining.train.epochs=1", "rankerTraining.train.threads=1", "evaluate.candidates=15",
      ]
    ),
  ]

  @Test(arguments: kinds)
  func `models of every kind answer alike`(model: String, settings: [String]) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "model").path
      let trained = try Binary.run(
        ["train", "--data", data.path, "--out", place, "-q", "--set", "retriever.model=\(model)"]
          + (model == "popularity" ? [] : ["--set", "retriever.dimension=8"]) + TinyData.quick
          + ["--set", "train.epochs=1"] + settings.flatMap { ["--set", $0] })
      try #require(trained.code == 0, "\(trained.errors)")
      let stage = settings.isEmpty ? "retriever" : "ranker"
      func ask(_ arguments: String...) throws -> (answer: Answer, errors: String) {
        let outcome = try Binary.run(["recommend", place, "--json"] + arguments)
        try #require(outcome.code == 0, "\(arguments): \(outcome.errors)")
        return (try outcome.json(Answer.self), outcome.errors)
      }

      let known = try ask("--user", "u1")
      #expect(known.answer.items.count == 10 && known.answer.fallback == nil)
      #expect(known.answer.items.allSatisfy { $0.stage == stage } && known.answer.reason == nil)

      let stranger = try ask("--user", "nobody", "-k", "3")
      #expect(stranger.answer.fallback == "popular" && stranger.answer.items.count == 3)
      #expect(stranger.answer.items.allSatisfy { $0.stage == "popular" && $0.score >= 1 })
      #expect(stranger.answer.reason == "no user 'nobody' in this model")
      #expect(stranger.errors.contains("no user 'nobody' in this model: this is what is popular"))

      let nothing = try ask("--history", "", "-k", "3")
      #expect(nothing.answer.items.map(\.id) == stranger.answer.items.map(\.id))
      #expect(nothing.answer.reason == "the history is empty")

      let guest = try ask("--user", "nobody", "--history", "i1,i2", "-k", "3")
      let history = try ask("--history", "i1,i2", "-k", "3")
      #expect(guest.answer.fallback == nil)
      #expect(guest.answer.items.map(\.id) == history.answer.items.map(\.id))
      #expect(guest.errors.contains("no user 'nobody' in this model: the history alone answers"))

      let replaced = try ask("--user", "u1", "--history", "i1,i2,i2", "-k", "3")
      #expect(
        replaced.errors.contains("a history of 3 items in place of the 10 saved for this user"))
      #expect(replaced.errors.contains("\(model) scores "))
      #expect(replaced.answer.items.allSatisfy { !["i1", "i2"].contains($0.id) })

      let rest = try ask("--user", "u1", "-k", "40")
      #expect(rest.answer.reason?.contains("only ") == true)
      #expect(rest.answer.items.count <= 30)
      let all = (0..<40).map { "i\($0)" }.joined(separator: ",")
      let none = try ask("--history", all)
      #expect(none.answer.items.isEmpty)
      #expect(
        none.answer.reason
          == "a history of 40 items has met all 40 items of the catalogue; "
          + "--include-seen recommends them again")
      #expect(try ask("--history", all, "--include-seen").answer.items.count == 10)

      let explained = try ask("--user", "u1", "--explain", "-k", "3")
      let isExplained = explained.answer.items.contains { $0.because != nil }
      #expect(isExplained == (model != "popularity"))
      #expect(explained.errors.contains("has no vectors") == (model == "popularity"))
    }
  }

  @Test(arguments: [
    (["--history", "x1"], "no item 'x1' in this model"),
    (["--history", "The Item 3"], "no item 'The Item 3' in this model; did you mean 'i3'?"),
    (["--history", "x1,x2"], "none of the 2 items of the history is in this model: 'x1', 'x2'"),
    (["--user", "u1", "--history", "x1"], "no item 'x1' in this model"),
    (["--user", "--json"], "what follows --user is taken for the id"),
    (["--user", ""], "--user is empty; give the id of a user"),
    (["--user", "u1", "-k", "0"], "-k needs a number from 1, not 0"),
    (["--user", "u1", "-k", "-3"], "-k needs a number from 1, not -3"),
    (["--user", "u1", "-k", "41"], "-k 41 is more than the catalogue holds: 40 items"),
    (["--user", "u1", "-k", "99999999999999999999"], "is more than the catalogue holds: 40 items"),
    (
      ["--user", "u1", "--context", "tab=1"], "reads no context; name its columns with data.context"
    ),
    (["--history-file", "/nowhere/ids"], "--history-file /nowhere/ids is not there"),
    (["--history-file", "/"], "--history-file / cannot be read: give a file"),
  ])
  func `what cannot be asked is said in one line`(arguments: [String], text: String) throws {
    try withTemporaryFolder { folder in
      let (model, trained) = try TinyData.trained("popularity", in: folder)
      try #require(trained.code == 0, "\(trained.errors)")
      let outcome = try Binary.run(["recommend", model.path] + arguments)
      #expect(outcome.code == 2 && outcome.output.isEmpty)
      #expect(outcome.errors.contains(text), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
  }

  @Test func `a history is read from a pipe as from a file`() throws {
    try withTemporaryFolder { folder in
      let (model, trained) = try TinyData.trained("implicit-als", in: folder)
      try #require(trained.code == 0, "\(trained.errors)")
      let ask = "corral recommend \(model.path.shellQuoted) -q --json --history-file"
      #expect(try Shell.run("\(ask) <(printf 'i1\\ni2\\n') > pipe", in: folder).code == 0)
      #expect(try Shell.run("\(ask) <(printf 'nowhere\\n') > none", in: folder).code == 2)
      #expect(try Shell.run("\(ask) /dev/null > empty", in: folder).code == 0)
      let empty = try String(contentsOf: folder.appending(path: "empty"), encoding: .utf8)
      #expect(empty.contains("the history is empty"))
    }
  }

  @Test func `a ranker reads the context that is given, and says what it does not know`() throws {
    try withTemporaryFolder { folder in
      var log = "user_id,item_id,timestamp,tab,hour\n"
      for user in 0..<30 {
        for step in 0..<8 {
          // On each tab another half of the items is taken.
          let tab = step % 2
          log += "u\(user),i\(tab * 10 + (user + step) % 10),\(user * 10 + step),t=\(tab),\(step)\n"
        }
      }
      let (data, place) = (folder.appending(path: "log.csv"), folder.appending(path: "model").path)
      try Data(log.utf8).write(to: data)
      let settings = [
        "retriever.model=mf", "retriever.dimension=8", "data.context=[tab,hour]",
        "ranker.model=deepfm", "ranker.dimension=8", "ranker.hidden=[16]", "evaluate.sweep=[]",
        "rankerTraining.train.epochs=4", "rankerTraining.train.rate=0.05",
        "rankerTraining.train.batch=32",
        "rankerTraining.train.threads=1", "evaluate.candidates=20",
        "rankerTraining.negatives.count=4",
        "rankerTraining.negatives.impressions=0",
      ]
      let trained = try Binary.run(
        ["train", "--data", data.path, "--out", place, "-q"] + TinyData.quick
          + settings.flatMap { ["--set", $0] })
      try #require(trained.code == 0, "\(trained.errors)")
      func scores(_ context: String...) throws -> ([String: Float], String) {
        let outcome = try Binary.run(
          ["recommend", place, "--user", "u1", "--include-seen", "-k", "20", "--json"]
            + context.flatMap { ["--context", $0] })
        try #require(outcome.code == 0, "\(outcome.errors)")
        let items = try outcome.json(Answer.self).items
        return (Dictionary(uniqueKeysWithValues: items.map { ($0.id, $0.score) }), outcome.errors)
      }
      let (left, leftErrors) = try scores("tab=t=0", "hour=2")
      let (right, _) = try scores("tab=t=1", "hour=2")
      #expect(leftErrors.isEmpty && left != right)
      let (without, note) = try scores()
      #expect(note.contains("the ranker also reads tab, hour, unknown here"))
      let (strange, warning) = try scores("tab=t=9")
      #expect(strange == without && warning.contains("training met no tab 't=9'"))

      for (context, text) in [
        ("tob=1", "--context tob=1 names no context of this model"),
        ("tab", "write NAME=VALUE, where NAME is one of tab, hour"),
      ] {
        let outcome = try Binary.run("recommend", place, "--user", "u1", "--context", context)
        #expect(outcome.code == 2 && outcome.errors.contains(text), "\(outcome.errors)")
      }
      let twice = try Binary.run(
        "recommend", place, "--user", "u1", "--context", "tab=t=1", "--context", "tab=t=0")
      #expect(twice.code == 2 && twice.errors.contains("--context tab is given twice"))
    }
  }
}
