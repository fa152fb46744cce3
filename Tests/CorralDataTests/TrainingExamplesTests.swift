import CorralData
import Testing

@Suite struct TrainingExamplesTests {
  @Test(arguments: [0, 1, 5, 100])
  func `histories are the latest items before the target`(length: Int) throws {
    let split = try randomDataset().split(.leaveOneOut)
    let examples = TrainingExamples(split, historyLength: length)
    #expect(examples.count == split.training.values.count)
    let batch = examples.batch(Array(0..<examples.count))
    #expect(batch.queries.histories.checkInvariants())
    var example = 0
    for user in 0..<split.userCount {
      let row = Array(split.training[user])
      for position in row.indices {
        #expect(batch.queries.users[example] == UserIndex(user))
        #expect(batch.targets[example] == row[position])
        #expect(
          Array(batch.queries.histories[example]) == Array(row[..<position].suffix(length)))
        example += 1
      }
    }
  }

  @Test func `without order a history is drawn from the others and never holds the target`() throws
  {
    let split = try randomDataset(hasTimes: false).split(.ratio())
    let examples = TrainingExamples(split, historyLength: 4)
    let first = examples.batch(0..<examples.count, of: examples.order(seed: 1, epoch: 0))
    for example in 0..<first.count {
      let user = try #require(first.queries.users[example]).position
      let history = Array(first.queries.histories[example])
      var others = Array(split.training[user])
      others.removeAll { $0 == first.targets[example] }
      #expect(history.count == min(4, others.count))
      for item in history {
        // Drawn without repetition: an item occurs at most as often as the user met it.
        let place = try #require(others.firstIndex(of: item))
        others.remove(at: place)
      }
    }
    let again = examples.batch(0..<examples.count, of: examples.order(seed: 1, epoch: 0))
    #expect(again.queries.histories == first.queries.histories)
    let next = examples.batch(Array(0..<examples.count), key: 1).queries.histories
    #expect(next != examples.batch(Array(0..<examples.count), key: 2).queries.histories)
  }

  @Test func `first interactions and those of weight 0 are left out when asked`() throws {
    let split = Split(
      itemCount: 4, training: Ragged([[0, 1, 2], [3], [1, 0]].map { $0.map(ItemIndex.init) }),
      weights: [1, 0, 2, 1, 1, 0.5], validation: Ragged([[], [], []]), test: Ragged([[], [], []]),
      rule: "by hand")
    func targets(_ selection: TrainingExamples.Selection) -> [Int] {
      let examples = TrainingExamples(split, historyLength: 2, selection: selection)
      return examples.batch(Array(0..<examples.count)).targets.map(\.position)
    }
    #expect(targets(.init()) == [0, 2, 3, 1, 0])
    #expect(targets(.init(includesWeightless: true)) == [0, 1, 2, 3, 1, 0])
    #expect(targets(.init(minimumHistory: 1)) == [2, 0])
    #expect(targets(.init(minimumHistory: 2)) == [2])
  }

  @Test(arguments: [1, 2, 3, 10, 97, 1000, 4097])
  func `an order is a permutation by seed and epoch`(count: Int) {
    let order = ExampleOrder(count: count, seed: 7, epoch: 3)
    let all = order[0..<count]
    #expect(all.sorted() == Array(0..<count))
    #expect(ExampleOrder(count: count, seed: 7, epoch: 3)[0..<count] == all)
    // A range of the order is equal to that part of the whole.
    #expect(order[count / 2..<count] == Array(all[(count / 2)...]))
    if count > 10 {
      #expect(ExampleOrder(count: count, seed: 7, epoch: 4)[0..<count] != all)
      #expect(ExampleOrder(count: count, seed: 8, epoch: 3)[0..<count] != all)
      #expect(all != Array(0..<count))
    }
  }

  @Test func `an order puts everything everywhere equally often`() {
    let count = 16
    let epochs = 8000
    var seen = [Int](repeating: 0, count: count * count)
    for epoch in 0..<epochs {
      let order = ExampleOrder(count: count, seed: 1, epoch: epoch)
      for place in 0..<count { seen[place * count + order[place]] += 1 }
    }
    // Chi-squared over 15 x 15 degrees of freedom: 225 expected, 5 standard deviations are 106.
    let expected = Double(epochs) / Double(count)
    let chiSquared = seen.reduce(0.0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    #expect(chiSquared < 331, "\(chiSquared)")
  }
}
