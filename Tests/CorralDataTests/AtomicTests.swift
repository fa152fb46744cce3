import CorralData
import CorralTesting
import Foundation
import Testing

/// A small data set with every feature of atomic files.
private let log = """
  user_id:token\titem_id:token\trating:float\ttimestamp:float
  anna\tx1\t4\t100
  ben\tx2\t3.5\t90
  anna\tx3\t1\t95.5
  """

private func loaded(_ settings: DataSettings) throws -> Dataset {
  try Dataset.load(settings).dataset
}

@Suite struct AtomicTests {
  @Test(arguments: ["\n", "\r\n"], [true, false])
  func `a log is read with any line ends, last or not`(end: String, hasLastEnd: Bool) throws {
    try withTemporaryFolder { folder in
      let text = log.replacing("\n", with: end) + (hasLastEnd ? end : "")
      let path = try folder.write(text, as: "tiny.inter")
      let (dataset, report) = try Dataset.load(DataSettings(path: path))
      #expect(dataset.name == "tiny")
      #expect(dataset.users.ids == ["anna", "ben"])
      #expect(dataset.items.ids == ["x1", "x2", "x3"])
      #expect(dataset.log.users.map(\.position) == [0, 1, 0])
      #expect(dataset.log.items.map(\.position) == [0, 1, 2])
      #expect(dataset.log.times == [1000, 900, 955])
      #expect(dataset.log.weights == [1, 1, 1])
      #expect(dataset.order == .time)
      #expect(report.format == .atomic)
      #expect(report.rows == 3)
      #expect(report.files[0].kept == 3)
    }
  }

  @Test func `features and titles are read in vocabulary order`() throws {
    try withTemporaryFolder { folder in
      try folder.write(log, as: "tiny.inter")
      try folder.write(
        """
        item_id:token\tmovie_title:token_seq\tclass:token_seq\tyear:float\tmix:float_seq
        x3\tThe Third\tDrama Comedy\t1999\t0.5 1
        x9\tNobody Knows\tWar\t2001\t1 1
        x1\tThe First\tComedy\t\t2 3
        x2

        """, as: "tiny.item")
      try folder.write("user_id:token\tage:token\nben\t53\n", as: "tiny.user")
      let (dataset, report) = try Dataset.load(DataSettings(path: folder.path))
      #expect(dataset.titles == ["The First", "", "The Third"])
      #expect(dataset.title(of: ItemIndex(0)) == "The First")
      #expect(dataset.title(of: ItemIndex(1)) == nil)
      #expect(dataset.itemFeatures.columns.map(\.name) == ["class", "year", "mix.0", "mix.1"])
      #expect(
        dataset.itemFeatures["class"]?.values
          == .categories(
            Ragged([[1], [], [0, 1]]), vocabulary: Vocabulary(["Drama", "Comedy"])))
      guard case .numbers(let years) = dataset.itemFeatures["year"]?.values else {
        Issue.record("the year is not a column of numbers")
        return
      }
      #expect(years[0].isNaN && years[1].isNaN && years[2] == 1999)
      #expect(
        dataset.userFeatures["age"]?.values
          == .categories(Ragged([[], [0]]), vocabulary: Vocabulary(["53"])))
      #expect(report.features.map(\.rows) == [1, 4])
      #expect(report.features.map(\.unused) == [0, 1])
      #expect(report.features.map(\.missing) == [1, 0])
      #expect(report.features.map(\.incomplete) == [0, 1])
    }
  }

  @Test func `a log much larger than a chunk is numbered as one`() throws {
    try withTemporaryFolder { folder in
      var text = "user_id:token\titem_id:token\ttimestamp:float\n"
      var expected: [(String, String, Int64)] = []
      var state: UInt64 = 1
      for row in 0..<200_000 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let user = "user-\((state >> 33) % 5000)"
        let item = "\((state >> 17) % 3000)"
        expected.append((user, item, Int64(row)))
        text += "\(user)\t\(item)\t\(row)\n"
      }
      let dataset = try loaded(DataSettings(path: folder.write(text, as: "big.inter")))
      var users: [String: Int] = [:]
      for (row, (user, item, time)) in expected.enumerated() {
        let position = users[user] ?? users.count
        users[user] = position
        try #require(dataset.log.users[row].position == position)
        try #require(dataset.items[dataset.log.items[row].position] == item)
        try #require(dataset.log.times[row] == time)
      }
      #expect(dataset.users.count == users.count)
      #expect(dataset.log.residentBytes <= 32 * dataset.log.count)
      #expect(dataset.users.position(of: "user-17") == users["user-17"])
      #expect(dataset.users.position(of: "user-99999") == nil)
    }
  }
}
