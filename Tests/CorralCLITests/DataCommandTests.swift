import CorralText
import Foundation
import Testing

@Suite struct DataCommandTests {
  @Test func `made-up data are described, validated and converted`() throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "made").path
      let made = try Binary.run(
        "data", "synthesize", place, "--users", "100", "--items", "60", "--interactions", "900",
        "--seed", "5", "--json")
      try #require(made.code == 0, "\(made.errors)")
      struct Counts: Decodable {
        let users: Int
        let items: Int
        let interactions: Int
      }
      #expect(try made.json(Counts.self).users == 100)

      let described = try Binary.run("data", "describe", place, "--json")
      try #require(described.code == 0, "\(described.errors)")
      let counts = try described.json(Counts.self)
      #expect(counts.users == 100 && counts.interactions == 900)
      let text = try Binary.run("data", "describe", place)
      #expect(text.output.contains("Gini") && text.output.contains("genres"))

      #expect(try Binary.run("data", "validate", place).code == 0)

      let csv = folder.appending(path: "csv").path
      let converted = try Binary.run("data", "convert", place, "--to", "csv", "--out", csv)
      try #require(converted.code == 0, "\(converted.errors)")
      let again = try Binary.run("data", "describe", csv, "--json")
      #expect(try again.json(Counts.self).interactions == 900)
    }
  }

  @Test func `context, labels and impressions are made, described and converted`() throws {
    try withTemporaryFolder { folder in
      struct Described: Decodable {
        struct Feature: Decodable {
          let side: String
          let name: String
          let coverage: Double
        }
        let interactions: Int
        let impressions: Int
        let features: [Feature]
      }
      let place = folder.appending(path: "made").path
      let made = try Binary.run(
        "data", "synthesize", place, "--users", "80", "--items", "48", "--interactions", "700",
        "--context", "--labels", "--impressions", "2")
      try #require(made.code == 0, "\(made.errors)")
      #expect(made.output.contains("700 interactions and 1,400 impressions"))
      let named = [
        "--set", "data.context=[tab, hour]", "--set", "data.labels=[is_like, watch]",
      ]
      let described = try Binary.run(["data", "describe", place, "--json"] + named)
      try #require(described.code == 0, "\(described.errors)")
      let facts = try described.json(Described.self)
      #expect(facts.interactions == 700 && facts.impressions > 1000)
      let columns = facts.features.filter { $0.side == "context" || $0.side == "label" }
      #expect(columns.map(\.name) == ["tab", "hour", "is_like", "watch"])
      #expect(columns.allSatisfy { $0.coverage == 1 })
      let text = try Binary.run(["data", "describe", place] + named)
      #expect(text.output.contains("impressions") && text.output.contains("watch"))
      let csv = folder.appending(path: "csv").path
      let converted = try Binary.run(
        ["data", "convert", place, "--to", "csv", "--out", csv] + named)
      try #require(converted.code == 0, "\(converted.errors)")
      let again = try Binary.run(["data", "describe", csv, "--json"] + named)
      #expect(try again.json(Described.self).impressions == facts.impressions)
      let absent = try Binary.run(
        "data", "describe", place, "--set", "data.labels=[is_share]")
      #expect(absent.code == 2 && absent.errors.contains("name one of them with data.labels"))
      #expect(try Binary.run(["data", "validate", place] + named).code == 0)
    }
  }

  @Test func `the same seed makes the same files`() throws {
    try withTemporaryFolder { folder in
      func bytes(_ name: String, seed: String) throws -> Data {
        let place = folder.appending(path: name)
        let outcome = try Binary.run(
          "data", "synthesize", place.path, "--users", "50", "--items", "40", "--interactions",
          "400", "--seed", seed)
        try #require(outcome.code == 0, "\(outcome.errors)")
        return try Data(contentsOf: place.appending(path: "synthetic.inter"))
      }
      let first = try bytes("a", seed: "1")
      #expect(try bytes("b", seed: "1") == first)
      #expect(try bytes("c", seed: "2") != first)
    }
  }

  @Test func `a bad row is named with file and line`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "bad.inter")
      try Data(
        """
        user_id:token\titem_id:token\ttimestamp:float
        a\tx\t1
        a\ty\tyesterday
        b\tx\t3

        """.utf8
      ).write(to: file)
      let checked = try Binary.run("data", "validate", file.path)
      #expect(checked.code == 2)
      #expect(checked.output.contains("line 3") && checked.output.contains("yesterday"))
      let trained = try Binary.run(
        "train", "--data", file.path, "--out", folder.appending(path: "m").path)
      #expect(trained.code == 2)
      #expect(trained.errors.contains("line 3") && trained.errors.contains("data.tolerance"))
    }
  }

  /// A shop's log under its own names, with dates and kinds of event, and a file of its articles.
  private func writeShop(into folder: URL) throws -> String {
    var log = "customer_id,article_id,action,t_dat\n"
    for customer in 0..<6 {
      for step in 0..<6 {
        let kind = step == 5 ? "purchase" : step == 4 ? "cart" : "view"
        log += "c\(customer),\((customer + step) % 8),\(kind),2024-01-0\(9 - step)\n"
      }
    }
    var articles = "article_id,name,price\n"
    for article in 0..<8 { articles += "\(article),Article \(article),\(article).50\n" }
    try Data(articles.utf8).write(to: folder.appending(path: "my shop.items.csv"))
    let place = folder.appending(path: "my shop.csv")
    try Data(log.utf8).write(to: place)
    return place.path
  }

  @Test(arguments: ["describe", "validate"])
  func `what was taken for what is said in one line or table`(command: String) throws {
    try withTemporaryFolder { folder in
      // A proposed command names the file as it was named, however long that is.
      _ = try writeShop(into: folder)
      let shown = try Binary.shell("\"$CORRAL\" data \(command) 'my shop.csv'", in: folder)
      try #require(shown.code == 0, "\(shown.errors)")
      let text = shown.output + shown.errors
      for name in ["customer_id", "article_id", "t_dat", "action", "dates"] {
        #expect(text.contains(name))
      }
      #expect(text.contains("every kind of event counts 1: 'view' (24 rows)"))
      #expect(shown.output.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.contains(":") })
    }
  }

  @Test func `the commands that describe suggests run as they are printed`() throws {
    try withTemporaryFolder { folder in
      let path = try writeShop(into: folder)
      let shown = try Binary.run(
        "data", "describe", path, "--format", "csv", "--set", "data.only=[\"action!=cart\"]",
        "--set", "data.events.purchase=3", "--set", "data.events.view=1")
      try #require(shown.code == 0, "\(shown.errors)")
      let commands = shown.output.split(separator: "\n").map {
        $0.trimmingCharacters(in: .whitespaces)
      }.filter { $0.hasPrefix("corral ") }
      #expect(commands.count == 2)
      for command in commands {
        #expect(command.contains("data.events.purchase=3"))
        let more =
          " --set retriever.model=popularity --set evaluate.cutoffs=[2]"
          + " --set train.metric=ndcg@2"
        let script = command.hasPrefix("corral train") ? command + more : command
        let outcome = try Binary.shell(
          script.replacing("corral ", with: "\"$CORRAL\" ", maxReplacements: 1), in: folder)
        #expect(outcome.code == 0, "\(command): \(outcome.errors)")
      }
    }
  }

  @Test func `kinds of event are weighed one by one, and the others are named`() throws {
    try withTemporaryFolder { folder in
      struct Described: Decodable {
        struct Load: Decodable {
          struct Kind: Decodable {
            let name: String
            let counted: Int
          }
          let eventKinds: [Kind]
        }
        let interactions: Int
        let load: Load
      }
      let shown = try Binary.run(
        "data", "describe", try writeShop(into: folder), "--json", "--set",
        "data.events.purchase=3", "--set", "data.events.cart=2")
      try #require(shown.code == 0, "\(shown.errors)")
      let described = try shown.json(Described.self)
      #expect(described.interactions == 12)
      #expect(described.load.eventKinds.map(\.name) == ["view", "cart", "purchase"])
      #expect(described.load.eventKinds.map(\.counted) == [0, 6, 6])
      #expect(shown.errors.contains("one kind of event meets no rule"))
    }
  }

  @Test(arguments: ["2024-01-08", "2024-01-07 12:00:00", "1704672000"])
  func `a time cut takes a date from the command line`(from: String) throws {
    try withTemporaryFolder { folder in
      let outcome = try Binary.run(
        "data", "validate", try writeShop(into: folder), "--set", "data.split.rule=time-cut",
        "--set", "data.split.validationFrom=\(from)", "--set", "data.split.testFrom=2024-01-09")
      #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
    }
  }
}
