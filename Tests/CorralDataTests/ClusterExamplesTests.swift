import CorralData
import Testing

/// Examples that are told the cluster of their targets.
@Suite struct `examples by cluster` {
  private static let clusters = 3
  private static let partition = Partition(
    clusters: (0..<10).map { Int32($0 * $0 % 7 % clusters) }, count: clusters)

  /// Five users with 0, 1, 4, 9 and 7 training interactions with items 0, 1, 2 and so on; weights
  /// number the interactions, and every sixth is 0.
  private var split: Split {
    let rows = [0, 1, 4, 9, 7].map { (0..<$0).map { ItemIndex($0) } }
    let none = Ragged(rows.map { _ in [ItemIndex]() })
    return Split(
      itemCount: 10, training: Ragged(rows),
      weights: (0..<21).map { Float($0 % 6 == 5 ? 0 : $0 + 1) },
      validation: none, test: none, rule: "made up")
  }

  private func whole(_ examples: SequenceExamples, epoch: Int = 0) -> TrainingBatch {
    examples.batch(0..<examples.count, of: examples.order(seed: 1, epoch: epoch))
  }

  /// The query of each target.
  private func rows(_ batch: TrainingBatch, _ places: [Int]) -> [Int] {
    places.map { place in
      batch.queries.histories.offsets.lastIndex { $0 <= place } ?? -1
    }
  }

  @Test(arguments: [1, 3, 4, 8, 50])
  func `the pairs of an epoch name each target once, each in its own cluster`(
    length: Int
  ) throws {
    let plain = whole(SequenceExamples(split, length: length))
    let examples = SequenceExamples(split, length: length, partition: Self.partition)
    let batch = whole(examples)
    guard case .positions(let places) = batch.reading else {
      Issue.record("\(batch.reading)")
      return
    }
    #expect(batch.queries.clusters.count == examples.count)
    // Weights name the interactions.
    #expect(batch.weights.sorted() == plain.weights.filter { $0 > 0 }.sorted())
    let queries = rows(batch, places)
    #expect(Set(queries) == Set(0..<examples.count))
    for (target, (place, query)) in zip(batch.targets, zip(places, queries)) {
      #expect(Self.partition.clusters[target.position] == batch.queries.clusters[query])
      // Items are numbered in order, so that a target is the item after its place.
      #expect(target.position == batch.queries.histories.values[place].position + 1)
    }
    // A pair has the history of its segment, and a segment has each cluster once.
    let segments = Set((0..<plain.queries.count).map { Array(plain.queries.histories[$0]) })
    var pairs: Set<[Int]> = []
    for query in 0..<examples.count {
      let history = Array(batch.queries.histories[query])
      #expect(segments.contains(history))
      let user = try #require(batch.queries.users[query]).position
      pairs.insert([user, Int(batch.queries.clusters[query])] + history.map(\.position))
    }
    #expect(pairs.count == examples.count)
  }

  @Test func `one cluster gives the segments as they are`() {
    let ones = Split(
      itemCount: 10, training: split.training, weights: [Float](repeating: 1, count: 21),
      validation: split.validation, test: split.test, rule: "made up")
    let one = Partition(clusters: [Int32](repeating: 0, count: 10), count: 1)
    for hidden in [0, 0.4] {
      let plain = whole(SequenceExamples(ones, length: 3, hiddenShare: hidden, hiddenEnds: 0.3))
      let told = whole(
        SequenceExamples(
          ones, length: 3, hiddenShare: hidden, hiddenEnds: 0.3, partition: one))
      #expect(told.queries.histories == plain.queries.histories)
      #expect(told.queries.users == plain.queries.users)
      #expect(told.targets == plain.targets)
      #expect(told.queries.clusters == [Int32](repeating: 0, count: plain.queries.count))
      #expect(plain.queries.clusters.isEmpty)
      switch (told.reading, plain.reading) {
      case (.positions(let places), .everyPosition):
        #expect(places == Array(0..<plain.count))
      default: #expect(told.reading == plain.reading)
      }
    }
  }

  @Test func `hidden are items of the cluster, those that would be hidden without clusters`() {
    let (length, share) = (4, 0.5)
    var (equal, ends) = (0, 0)
    for epoch in 0..<40 {
      let plain = whole(SequenceExamples(split, length: length, hiddenShare: share), epoch: epoch)
      let batch = whole(
        SequenceExamples(split, length: length, hiddenShare: share, partition: Self.partition),
        epoch: epoch)
      guard case .masked(let hidden) = batch.reading, case .masked(let all) = plain.reading else {
        Issue.record("\(batch.reading)")
        return
      }
      #expect(batch.weights.allSatisfy { $0 > 0 })
      #expect(hidden.map { batch.queries.histories.values[$0] } == batch.targets)
      let byChance = Set(plain.weights.filter { $0 > 0 })
      let lastOfSegments = Set(
        zip(plain.weights, all).filter { plain.queries.histories.offsets.contains($1 + 1) }
          .map(\.0))
      let queries = rows(batch, hidden)
      for query in 0..<batch.queries.count {
        let own = queries.indices.filter { queries[$0] == query }
        #expect(!own.isEmpty)
        for place in own {
          let cluster = Self.partition.clusters[batch.targets[place].position]
          #expect(cluster == batch.queries.clusters[query])
        }
        if own.allSatisfy({ byChance.contains(batch.weights[$0]) }) {
          equal += 1
        } else {
          // Chance hid nothing of the cluster: its last item ends the history.
          ends += 1
          #expect(own.count == 1)
          #expect(hidden[own[0]] + 1 == batch.queries.histories.offsets[query + 1])
        }
      }
      // What chance hides without clusters is hidden with them, too; a segment's end may have been
      // hidden for want of others.
      #expect(byChance.subtracting(lastOfSegments).isSubset(of: batch.weights))
    }
    #expect(equal > 100 && ends > 100)
  }

  @Test func `a pair is told the cluster of its target`() {
    let plain = TrainingExamples(split, historyLength: 3)
    let told = TrainingExamples(split, historyLength: 3, partition: Self.partition)
    #expect(plain.count == told.count)
    let order = plain.order(seed: 1, epoch: 0)
    let batch = told.batch(0..<told.count, of: order)
    #expect(batch.targets == plain.batch(0..<plain.count, of: order).targets)
    #expect(
      batch.queries.clusters == batch.targets.map { Self.partition.clusters[$0.position] })
    #expect(Set(batch.queries.clusters).count == Self.clusters)
    #expect(plain.batch(0..<plain.count, of: order).queries.clusters.isEmpty)
  }
}
