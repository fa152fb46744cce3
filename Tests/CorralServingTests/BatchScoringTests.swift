import CorralServing
import CorralTesting
import Foundation
import Testing

@Suite struct BatchScoringTests {
  private struct Stop: Error {}

  private func written(
    _ format: BatchScoring.Format, of users: [String]? = nil, count: Int = 4
  ) throws -> (lines: [String], report: BatchScoring.Report) {
    let recommender = try SmallCatalogue(users: 1200).recommender()
    return try withTemporaryFolder { folder in
      let file = folder.appending(path: "out.\(format.rawValue)")
      let scoring = try BatchScoring(recommender, count: count, format: format)
      let report =
        if let users {
          try scoring.write(users: users, to: file) { _ in }
        } else {
          try scoring.writeAll(to: file) { _ in }
        }
      let text = try String(contentsOf: file, encoding: .utf8)
      return (text.split(separator: "\n").map(String.init), report)
    }
  }

  @Test func `every user has the list that recommend gives, in order`() throws {
    let recommender = try SmallCatalogue(users: 1200).recommender()
    let (lines, report) = try written(.csv)
    #expect(lines[0] == "user,item,rank,score")
    #expect(report.users == 1200 && report.rows == lines.count - 1 && report.rows == 4800)
    for user in [1, 511, 512, 513, 1199] {
      let found = try recommender.recommend(Request(user: "u\(user)", count: 4))
      let expected = found.items.enumerated().map {
        "u\(user),\($1.id),\($0 + 1)"
      }
      let rows = lines[(1 + user * 4)..<(5 + user * 4)]
      #expect(
        rows.map { String($0.prefix(upTo: $0.lastIndex(of: ",") ?? $0.endIndex)) } == expected)
      let scores = rows.compactMap { $0.split(separator: ",").last.flatMap { Float($0) } }
      #expect(zip(scores, found.items).allSatisfy { abs($0 - ($1.score ?? 0)) < 1e-5 })
    }
    // Users whose history is empty get what is popular.
    #expect(report.popular == (0..<1200).count { $0 % 3 == 0 })
  }

  @Test func `the form follows the name of the file`() throws {
    #expect(BatchScoring.Format(fileName: "a/b.CSV") == .csv)
    #expect(BatchScoring.Format(fileName: "b.tsv") == .tsv)
    #expect(BatchScoring.Format(fileName: "b.jsonl") == .jsonLines)
    #expect(BatchScoring.Format(fileName: "b.parquet") == nil)
    let (lines, _) = try written(.jsonLines, of: ["u4"], count: 2)
    struct Row: Decodable {
      let user: String
      let item: String
      let rank: Int
      let score: Float
    }
    let rows = try lines.map { try JSONDecoder().decode(Row.self, from: Data($0.utf8)) }
    #expect(rows.map(\.rank) == [1, 2] && rows.allSatisfy { $0.user == "u4" })
    let (tabs, _) = try written(.tsv, of: ["u4"], count: 1)
    #expect(tabs[0] == "user\titem\trank\tscore" && tabs[1].hasPrefix("u4\ti"))
  }

  @Test func `unknown users get what is popular, and are counted`() throws {
    let (lines, report) = try written(.csv, of: ["u4", "a, \"b\"", "u5"], count: 2)
    #expect(report.users == 3 && report.unknown == 1 && report.popular == 1)
    #expect(lines[3].hasPrefix("\"a, \"\"b\"\"\",i"))
  }

  @Test func `a user that is named again is scored once, at its first place`() throws {
    // The last two look the same and are different bytes.
    let (lines, report) = try written(
      .csv, of: ["u5", "new", "u3", "u5", "new", "u5", "caf\u{E9}", "cafe\u{301}"], count: 1)
    let users = lines.dropFirst().map { Array($0.utf8.prefix { $0 != UInt8(ascii: ",") }) }
    #expect(
      users == ["u5", "new", "u3", "caf\u{E9}", "cafe\u{301}"].map { Array($0.utf8) })
    #expect(report.users == 5 && report.repeats == 3 && report.unknown == 3)
  }

  @Test func `progress reaches the length of the list, its repeats among it`() throws {
    let recommender = try SmallCatalogue(users: 1200).recommender()
    try withTemporaryFolder { folder in
      let scoring = try BatchScoring(recommender, count: 1, format: .csv)
      var seen: [Int] = []
      let ids = (0..<600).map { "u\($0)" } + (0..<100).map { "u\($0)" }
      _ = try scoring.write(users: ids, to: folder.appending(path: "out.csv")) { seen.append($0) }
      #expect(seen == [612, 700])
    }
  }

  @Test func `an interrupted run leaves what was there`() throws {
    let recommender = try SmallCatalogue(users: 1200).recommender()
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "out.csv")
      try Data("before".utf8).write(to: file)
      let scoring = try BatchScoring(recommender, count: 4, format: .csv)
      #expect(throws: Stop.self) {
        try scoring.writeAll(to: file) { done in if done > 600 { throw Stop() } }
      }
      #expect(try String(contentsOf: file, encoding: .utf8) == "before")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.csv"])
    }
  }

  @Test func `more items than there are is refused`() throws {
    let recommender = try SmallCatalogue().recommender()
    #expect(throws: ServingError.badCount(61, items: 60)) {
      try BatchScoring(recommender, count: 61, format: .csv)
    }
  }
}
