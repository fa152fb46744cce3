import CorralData
import Testing

@Suite struct SyntheticTests {
  private func small(_ seed: UInt64 = 1) throws -> Dataset {
    try .synthesized(SyntheticSettings(users: 1500, items: 600, interactions: 45_000, seed: seed))
  }

  @Test func `sizes are as asked, and nobody meets an item twice`() throws {
    let dataset = try small()
    #expect(dataset.users.count == 1500)
    #expect(dataset.items.count == 600)
    #expect(dataset.log.count == 45_000)
    var seen: Set<[Int]> = []
    for row in 0..<dataset.log.count {
      seen.insert([dataset.log.users[row].position, dataset.log.items[row].position])
    }
    #expect(seen.count == dataset.log.count)
    #expect(Set(dataset.log.users).count == 1500)
    #expect(Set(dataset.titles).count == 600)
  }

  @Test func `a seed is a data set`() throws {
    #expect(try small() == small())
    #expect(try small().log != small(2).log)
  }

  @Test func `nobody meets more than half of the catalogue, and the total still holds`() throws {
    let dataset = try Dataset.synthesized(
      SyntheticSettings(users: 50, items: 24, interactions: 590))
    #expect(dataset.log.count == 590)
    let lengths = try dataset.split(.ratio(validation: 0, test: 0.1)).histories(before: .test)
    #expect((0..<50).allSatisfy { lengths[$0].count <= 12 })
  }

  @Test func `popularity falls with a power of the rank`() throws {
    let dataset = try small()
    var counts = [Int](repeating: 0, count: dataset.items.count)
    for item in dataset.log.items { counts[item.position] += 1 }
    counts.sort(by: >)
    let head = counts[..<60].reduce(0, +)
    #expect(Double(head) / 45_000 > 0.25, "the first tenth: \(head)")
    #expect(counts[599] > 0)
    #expect(counts[0] > 4 * counts[300])
  }

  @Test func `what comes next is learnt from what came last, and not from popularity`() throws {
    let split = try small().split(.leaveOneOut)
    // The planted structure, found by counting which items follow each item in training.
    var follows: [[ItemIndex: Int]] = Array(repeating: [:], count: split.itemCount)
    for user in 0..<split.userCount {
      for (item, next) in zip(split.training[user], split.training[user].dropFirst()) {
        follows[item.position][next, default: 0] += 1
      }
    }
    let counts = split.itemCounts()
    let popular = (0..<split.itemCount).sorted { counts[$0] > counts[$1] }.map(ItemIndex.init)
    var byLast = 0
    var byPopularity = 0
    var users = 0
    for user in 0..<split.userCount {
      guard let target = split.validation[user].first, let last = split.training[user].last
      else { continue }
      users += 1
      let seen = Set(split.training[user])
      let ranked = follows[last.position].sorted { ($0.value, $1.key) > ($1.value, $0.key) }
      if ranked.lazy.map(\.key).filter({ !seen.contains($0) }).prefix(10).contains(target) {
        byLast += 1
      }
      if popular.lazy.filter({ !seen.contains($0) }).prefix(10).contains(target) {
        byPopularity += 1
      }
    }
    #expect(Double(byLast) / Double(users) > 0.35, "\(byLast) of \(users)")
    #expect(byLast > 3 * byPopularity, "\(byLast) against \(byPopularity)")
  }

  @Test func `sizes without sense are refused`() {
    #expect(
      message { try Dataset.synthesized(SyntheticSettings(users: 10, items: 5)) }
        == "setting 'items' is 5: at least 12 items are needed, one per genre")
    #expect(
      message {
        try Dataset.synthesized(SyntheticSettings(users: 10, items: 20, interactions: 1000))
      }
        == "setting 'interactions' is 1000: nobody meets more than half of the 20 items, so that"
        + " 10 users have at most 100")
  }
}
