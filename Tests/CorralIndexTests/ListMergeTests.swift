import CorralData
import CorralIndex
import CorralVectors
import Foundation
import Testing

@Suite struct ListMergeTests {
  /// What a search found: lists of clusters with random scores, and shares.
  static func found(_ lengths: [Int], seed: UInt64) -> DividedList {
    var generator = SeededGenerator(seed: seed)
    var next = 0
    let lists = lengths.map { length in
      let scores = (0..<length).map { _ in Float(4 * generator.normal()) }.sorted(by: >)
      return scores.map { score in
        defer { next += 1 }
        return Candidate(item: ItemIndex(next), score: score)
      }[...]
    }
    return DividedList(
      merging: lists, shares: lengths.map { _ in Float(0.05 + generator.uniform()) })
  }

  @Test func `probabilities are those of the definition`() {
    for seed in 1...20 as ClosedRange<UInt64> {
      let found = Self.found([5, 1, 12, 7], seed: seed)
      let (alpha, temperature) = (Double(seed % 4) / 2, Float(1 + seed % 3))
      let list = ListMerge.probability.list(found, 25, alpha: alpha, temperature: temperature)
      var sums = [Double](repeating: 0, count: 4)
      for (candidate, cluster) in zip(found.candidates, found.clusters) {
        sums[Int(cluster)] += exp(Double(candidate.score / temperature))
      }
      let chances = zip(found.candidates, found.clusters).map { candidate, cluster in
        (
          item: candidate.item,
          chance: pow(Double(found.shares[Int(cluster)]), alpha)
            * exp(Double(candidate.score / temperature)) / sums[Int(cluster)]
        )
      }
      let expected = chances.sorted { $0.chance > $1.chance }
      #expect(list.map(\.item) == expected.map(\.item))
      for (candidate, expected) in zip(list, expected) {
        #expect(abs(Double(candidate.score) - log(expected.chance)) < 1e-4)
      }
      let short = ListMerge.probability.list(found, 6, alpha: alpha, temperature: temperature)
      #expect(short == Array(list.prefix(6)))
    }
  }

  @Test func `scores of two clusters are not compared, unlike in a merge by score`() {
    let found = Self.found([10, 10, 10], seed: 3)
    var shifted = found
    for place in found.candidates.indices where found.clusters[place] == 1 {
      shifted.candidates[place].score += 50
    }
    func items(_ merge: ListMerge, _ list: DividedList) -> [ItemIndex] {
      merge.list(list, 10, alpha: 1, temperature: 1).map(\.item)
    }
    #expect(items(.probability, found) == items(.probability, shifted))
    #expect(items(.score, found) != items(.score, shifted))
  }

  @Test func `alpha turns from the items of all clusters to those of the best`() {
    var found = Self.found([30, 30, 30, 30], seed: 5)
    found.shares = [0.4, 0.3, 0.2, 0.1]
    let clusterOf = Dictionary(
      uniqueKeysWithValues: zip(found.candidates.map(\.item), found.clusters))
    let parts = [0, 1, 4, 1000].map { alpha in
      ListMerge.probability.list(found, 20, alpha: alpha, temperature: 2)
        .count { clusterOf[$0.item] == 0 }
    }
    #expect(parts == parts.sorted() && parts[0] < parts[2] && parts[3] == 20)
  }

  @Test func `one cluster is in order of score, and what nothing places comes last`() {
    var found = Self.found([40], seed: 7)
    found.candidates.append(Candidate(item: ItemIndex(99), score: -.infinity))
    found.clusters.append(0)
    for merge in [ListMerge.probability, .score] {
      let list = merge.list(found, 41, alpha: 1, temperature: 3)
      #expect(list.map(\.item) == found.candidates.map(\.item))
      #expect(list[40].score == -.infinity && list[..<40].allSatisfy { $0.score.isFinite })
    }
    #expect(
      ListMerge.probability.list(Self.found([0, 0], seed: 1), 5, alpha: 1, temperature: 1) == [])
  }

  @Test func `a search finds enough of every cluster for its sum`() {
    for merge in [ListMerge.score, .probability] {
      let asked = merge.search(10, QuotaRule(alpha: 3, cap: 0.2), clusters: 4)
      #expect(asked.rule == QuotaRule(alpha: 0))
      #expect(asked.count == (merge == .score ? 40 : 4 * 256))
      #expect(merge.search(0, QuotaRule(), clusters: 4).count == 0)
    }
    let rule = QuotaRule(alpha: 3)
    #expect(ListMerge.quotas.search(10, rule, clusters: 4) == (10, rule))
  }
}
