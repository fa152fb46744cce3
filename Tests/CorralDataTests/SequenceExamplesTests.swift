import CorralData
import Testing

@Suite struct SequenceExamplesTests {
  /// Four users with 0, 1, 4 and 9 training interactions with items 0, 1, 2 and so on.
  private var split: Split {
    let rows = [0, 1, 4, 9].map { (0..<$0).map { ItemIndex($0) } }
    return Split(
      itemCount: 10, training: Ragged(rows), weights: (0..<14).map { Float($0 + 1) },
      validation: Ragged([[], [], [], []] as [[ItemIndex]]),
      test: Ragged([[], [], [], []] as [[ItemIndex]]), rule: "made up")
  }

  @Test(arguments: [1, 3, 4, 8, 50])
  func `every interaction but a user's first is a target once`(length: Int) {
    let examples = SequenceExamples(split, length: length)
    let order = examples.order(seed: 1, epoch: 0)
    let batch = examples.batch(0..<examples.count, of: order)
    #expect(batch.reading == .everyPosition)
    #expect(batch.queries.histories.checkInvariants())
    // Items are numbered in order, so that a target is the item after its input.
    for (input, target) in zip(batch.queries.histories.values, batch.targets) {
      #expect(target.position == input.position + 1)
    }
    var seen: [[Int]] = [[], [], [], []]
    var weights: [Float] = []
    for row in 0..<batch.queries.count {
      #expect(batch.queries.histories[row].count <= length)
      let user = batch.queries.users[row]?.position ?? -1
      for position in batch.queries.histories.offsets[
        row]..<batch.queries.histories.offsets[row + 1]
      {
        seen[user].append(batch.targets[position].position)
        weights.append(batch.weights[position])
      }
    }
    #expect(seen.map { $0.sorted() } == [[], [], Array(1..<4), Array(1..<9)])
    #expect(weights.sorted() == [3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14])
  }

  @Test func `every target has its user, however histories are read`() {
    for share in [0, 0.3] {
      let examples = SequenceExamples(split, length: 3, hiddenShare: share)
      let batch = examples.batch(0..<examples.count, of: examples.order(seed: 1, epoch: 0))
      let users = batch.targetUsers
      #expect(users.count == batch.targets.count)
      // Weights are numbered over the users, who have 0, 1, 4 and 9 of them.
      for (user, weight) in zip(users, batch.weights) {
        #expect(user?.position == (weight <= 1 ? 1 : weight <= 5 ? 2 : 3))
      }
    }
    let pairs = TrainingExamples(split, historyLength: 0)
    let batch = pairs.batch(0..<pairs.count, of: pairs.order(seed: 1, epoch: 0))
    #expect(batch.targetUsers == batch.queries.users)
  }

  @Test func `at least one item of a segment is hidden, and the share is as asked`() {
    let examples = SequenceExamples(split, length: 4, hiddenShare: 0.25)
    var (hidden, all) = (0, 0)
    var kinds: Set<[Int]> = []
    for epoch in 0..<400 {
      let order = examples.order(seed: 1, epoch: epoch)
      let batch = examples.batch(0..<examples.count, of: order)
      guard case .masked(let positions) = batch.reading else { return #expect(Bool(false)) }
      #expect(positions == positions.sorted() && Set(positions).count == positions.count)
      #expect(positions.map { batch.queries.histories.values[$0] } == batch.targets)
      for row in 0..<batch.queries.count {
        let range =
          batch.queries.histories.offsets[row]..<batch.queries.histories.offsets[row + 1]
        #expect(positions.contains { range.contains($0) })
      }
      hidden += positions.count
      all += batch.queries.histories.values.count
      kinds.insert(positions)
    }
    // 14 items in segments of 1, 4, 1, 4 and 4: chance hides a quarter, and a segment of which it
    // hides nothing hides its end.
    let expected = (14 * 0.25 + 2 * 0.75 + 3 * 0.3164) / 14
    #expect(all == 400 * 14)
    #expect(abs(Double(hidden) / Double(all) - expected) < 0.02)
    #expect(kinds.count > 50)
  }

  @Test func `in a share of the segments only the end is hidden`() {
    let examples = SequenceExamples(split, length: 4, hiddenShare: 0.5, hiddenEnds: 0.25)
    var (ends, all) = (0, 0)
    for epoch in 0..<400 {
      let order = examples.order(seed: 1, epoch: epoch)
      let batch = examples.batch(0..<examples.count, of: order)
      guard case .masked(let positions) = batch.reading else { return #expect(Bool(false)) }
      for row in 0..<batch.queries.count where batch.queries.histories[row].count == 4 {
        let range =
          batch.queries.histories.offsets[row]..<batch.queries.histories.offsets[row + 1]
        all += 1
        ends += positions.filter(range.contains) == [range.upperBound - 1] ? 1 : 0
      }
    }
    // Of the others, chance hides only the end, or nothing and therefore the end, in 2 of 16.
    #expect(abs(Double(ends) / Double(all) - (0.25 + 0.75 * 2 / 16)) < 0.03)
    let always = SequenceExamples(split, length: 4, hiddenShare: 0.5, hiddenEnds: 1)
    let batch = always.batch(0..<always.count, of: always.order(seed: 1, epoch: 0))
    #expect(batch.targets.count == always.count)
  }

  @Test func `a segment without a length stops the program`() async {
    await #expect(processExitsWith: .failure) {
      let none = Ragged<ItemIndex>([[]] as [[ItemIndex]])
      _ = SequenceExamples(
        Split(
          itemCount: 1, training: none, weights: [], validation: none, test: none, rule: "none"),
        length: 0)
    }
  }
}
