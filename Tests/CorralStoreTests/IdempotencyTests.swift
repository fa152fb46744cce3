import CorralStore
import Testing

@Suite struct IdempotencyTests {
  /// Batches of random length with ids from a small set, and some without, sent at once by many tasks.
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `however events with ids are repeated, each is stored once`(seed: UInt64) async throws {
    var random = SeededNumbers(state: seed)
    let ids = 40
    let batches = (0..<60).map { batch in
      (0..<Int.random(in: 1...12, using: &random)).map { place in
        let number = Int.random(in: 0..<ids * 5 / 4, using: &random)
        // The content of an id is always the same, so that whichever comes first is stored.
        return number < ids
          ? event("u-\(number % 7)", "i-\(number)", id: "e-\(number)")
          : event("u", "unnumbered", request: "\(batch)-\(place)")
      }
    }
    let order = batches.indices.shuffled(using: &random)
    try await withStore { store in
      let answered = try await withThrowingTaskGroup(of: [(Event, EventReceipt)].self) { group in
        for index in order {
          let batch = batches[index]
          group.addTask { Array(zip(batch, try await store.append(batch))) }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      let stored = try await store.events(after: 0, limit: .max)
      #expect(Set(stored.map(\.position)).count == stored.count)
      // Every receipt points at its event.
      let byPosition = Dictionary(uniqueKeysWithValues: stored.map { ($0.position, $0.event) })
      for (event, receipt) in answered { #expect(byPosition[receipt.position] == event) }
      // Of the receipts of an id one alone is not a repeat; without an id none is.
      let numbered = Dictionary(grouping: answered.filter { $0.0.id != nil }) { $0.0.id }
      for (_, repeats) in numbered {
        #expect(repeats.count { !$0.1.isRepeat } == 1)
        #expect(Set(repeats.map(\.1.position)).count == 1)
      }
      let unnumbered = answered.filter { $0.0.id == nil }
      #expect(unnumbered.allSatisfy { !$0.1.isRepeat })
      #expect(stored.count == numbered.count + unnumbered.count)
    }
  }
}
