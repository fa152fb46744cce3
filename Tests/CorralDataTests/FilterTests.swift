import CorralData
import CorralTesting
import CorralVectors
import Foundation
import Testing

@Suite struct FilterTests {
  private func written(_ rows: [(String, String, Int)], in folder: URL) throws -> String {
    try folder.write(
      "user_id:token\titem_id:token\ttimestamp:float\n"
        + rows.map { "\($0.0)\t\($0.1)\t\($0.2)\n" }.joined(), as: "f.inter")
  }

  private func randomRows(_ seed: UInt64) -> [(String, String, Int)] {
    var generator = SeededGenerator(seed: seed)
    return (0..<600).map { _ in
      // Squared, so that some are rare and the core takes several passes.
      let user = Int(generator.uniform() * generator.uniform() * 90)
      let item = Int(generator.uniform() * generator.uniform() * 70)
      return ("u\(user)", "i\(item)", generator.next(below: 50))
    }
  }

  @Test(arguments: [UInt64](1...5), [(3, 4), (5, 5), (2, 8)])
  func `the core is the fixed point of dropping what is rare`(seed: UInt64, least: (Int, Int))
    throws
  {
    try withTemporaryFolder { folder in
      var rows = randomRows(seed)
      var settings = DataSettings(path: try written(rows, in: folder))
      settings.filter = CoreFilter(minUser: least.0, minItem: least.1)
      let (dataset, report) = try Dataset.load(settings)
      let all = rows.count
      while true {
        let users = Dictionary(rows.map { ($0.0, 1) }, uniquingKeysWith: +)
        let items = Dictionary(rows.map { ($0.1, 1) }, uniquingKeysWith: +)
        let kept = rows.filter { users[$0.0] ?? 0 >= least.0 && items[$0.1] ?? 0 >= least.1 }
        if kept.count == rows.count { break }
        rows = kept
      }
      try #require(!rows.isEmpty && rows.count < all)
      let found = (0..<dataset.log.count).map {
        "\(dataset.users[dataset.log.users[$0].position])"
          + " \(dataset.items[dataset.log.items[$0].position]) \(Int(dataset.log.times[$0]))"
      }
      #expect(found == rows.map { "\($0.0) \($0.1) \($0.2)" })
      #expect(report.filter.interactions == all - rows.count)
      #expect(dataset.users.count == Set(rows.map(\.0)).count)
      #expect(report.filter.passes > 2)
      #expect(report.interactions == rows.count)
    }
  }

  @Test func `once means that both counts are taken before anything is dropped`() throws {
    try withTemporaryFolder { folder in
      let rows = [("a", "x", 1), ("a", "y", 2), ("b", "x", 3), ("c", "y", 4), ("c", "z", 5)]
      var settings = DataSettings(path: try written(rows, in: folder))
      settings.filter = CoreFilter(minUser: 2, minItem: 2, iterative: false)
      let dataset = try Dataset.load(settings).dataset
      #expect(dataset.log.count == 3)
      #expect(dataset.users.ids == ["a", "c"])
      #expect(dataset.items.ids == ["x", "y"])
    }
  }

  @Test(arguments: [Repeats.first, .last])
  func `of repeats the earliest or latest stays`(repeats: Repeats) throws {
    try withTemporaryFolder { folder in
      let rows = [("a", "x", 5), ("b", "x", 1), ("a", "x", 2), ("a", "y", 3), ("a", "x", 9)]
      var settings = DataSettings(path: try written(rows, in: folder))
      settings.repeats = repeats
      let (dataset, report) = try Dataset.load(settings)
      #expect(dataset.log.times == (repeats == .first ? [1, 2, 3] : [1, 3, 9]))
      #expect(report.repeatsDropped == 2)
    }
  }
}
