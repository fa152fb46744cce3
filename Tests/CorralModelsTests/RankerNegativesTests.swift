import CorralData
import CorralModels
import CorralSampling
import CorralVectors
import Testing

@Suite struct `negatives of rankers` {
  private func examples() -> TrainingBatch {
    var examples = TrainingBatch(
      queries: batch([0, 1, 2], [[], [], []]),
      targets: [3, 5, 7].map { ItemIndex($0) }, weights: [1, 2, 0.5])
    examples.labels = LabelTable(count: 3, names: ["like"], columns: [[1, .nan, 0]])
    examples.impressions = Ragged([[1, 2, 4], [], [6]].map { $0.map { ItemIndex($0) } })
    examples.impressionLabels = LabelTable(
      count: 4, names: ["like"], columns: [[.nan, 0, 1, 0]])
    return examples
  }

  private func split(_ training: [[Int]]) -> Split {
    Split(
      itemCount: 8, training: Ragged(training.map { $0.map { ItemIndex($0) } }),
      weights: [Float](repeating: 1, count: training.joined().count),
      validation: Ragged(training.map { _ in [] }), test: Ragged(training.map { _ in [] }),
      rule: "made up")
  }

  @Test func `the target comes first, then its latest impressions, then draws`() throws {
    var settings = RankerNegativeSettings()
    (settings.count, settings.impressions) = (4, 2)
    settings.known = .kept
    let negatives = try RankerNegatives(settings, on: split([[2, 3, 0], [5], [7, 6]]))
    var generator = SeededGenerator(seed: 1)
    let ranking = negatives.batch(
      examples(), heads: [HeadSettings(label: "like"), HeadSettings(label: "share")],
      using: &generator)
    let items = ranking.candidates.items.map(\.position)
    #expect(ranking.candidates.candidates == 5 && items.count == 15)
    #expect([items[0], items[5], items[10]] == [3, 5, 7])
    #expect(Array(items[1...2]) == [2, 4] && items[11] == 6)
    #expect(ranking.weights == [1, 2, 0.5])
    let like = ranking.labels[0]
    #expect(like[0] == 1 && like[1] == 0 && like[2] == 1 && like[3].isNaN)
    #expect(like[5...9].filter(\.isNaN).count == 5)
    #expect(like[10] == 0 && like[11] == 0 && like[12...].filter(\.isNaN).count == 3)
    #expect(ranking.labels[1].filter(\.isNaN).count == 15)
    for (place, item) in items.enumerated() where place % 5 > 0 {
      #expect(ranking.isMasked[place] == (item == items[place / 5 * 5]))
    }
  }

  @Test func `draws follow the seed, and popularity where it is asked for`() throws {
    var settings = RankerNegativeSettings()
    (settings.kind, settings.count, settings.impressions) = (.popularity, 200, 0)
    let negatives = try RankerNegatives(settings, on: split([[3], [3, 1], [3]]))
    var (first, second) = (SeededGenerator(seed: 1), SeededGenerator(seed: 1))
    let ranking = negatives.batch(examples(), using: &first)
    #expect(
      ranking.candidates.items == negatives.batch(examples(), using: &second).candidates.items)
    let drawn = ranking.candidates.items.enumerated().filter { $0.offset % 201 > 0 }.map(\.element)
    let threes = drawn.filter { $0 == ItemIndex(3) }.count
    #expect(drawn.allSatisfy { [1, 3].contains($0.position) } && (400...500).contains(threes))
  }

  @Test func `a draw that the user took is no negative, an impression of it is one`() throws {
    var settings = RankerNegativeSettings()
    (settings.count, settings.impressions) = (100, 2)
    let taken = [[2, 3, 0], [5], [7, 6]]
    let negatives = try RankerNegatives(settings, on: split(taken))
    var generator = SeededGenerator(seed: 1)
    let ranking = negatives.batch(examples(), using: &generator)
    let shown = [2, 0, 1]
    var masked = [0, 0, 0]
    for (place, item) in ranking.candidates.items.enumerated() where place % 101 > 0 {
      let (row, column) = place.quotientAndRemainder(dividingBy: 101)
      let isTaken = column > shown[row] && taken[row].contains(item.position)
      #expect(ranking.isMasked[place] == isTaken)
      masked[row] += isTaken ? 1 : 0
    }
    // Of the first user's draws three items in eight are taken, of the second's one.
    #expect(masked[0] > 2 * masked[1] && masked[1] > 0)
  }
}
