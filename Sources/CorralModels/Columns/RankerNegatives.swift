package import CorralData
import CorralSampling
package import CorralVectors

/// Makes the candidates of a ranker's training batches.
package struct RankerNegatives: Sendable {
  private let settings: RankerNegativeSettings
  private let proposal: Proposal
  /// The retriever whose vectors the draws follow; `nil` for draws that follow none.
  private let retriever: StackedRetriever?
  /// The retriever's vectors of the items, `[items, dimension]`; without columns if there is none.
  private let items: Matrix
  /// What users took in training, if their draws are checked against it.
  private let known: KnownItems?

  /// Negatives for the users and items of a split's training part.
  ///
  /// - Parameters:
  ///   - settings: the source of negatives.
  ///   - split: the training interactions.
  ///   - retriever: whose vectors draws follow, with the weight that makes its scores logits.
  ///   - seed: the seed of the random items that clusters start from.
  /// - Throws: `SettingError` for settings that no ranker can learn from, and for draws that follow a
  ///   retriever when there is none; `SamplingError` for vectors that are not finite.
  package init(
    _ settings: RankerNegativeSettings, on split: Split,
    following retriever: StackedRetriever? = nil, seed: UInt64 = 0
  ) throws {
    try settings.validate()
    self.settings = settings
    known = settings.known == .masked ? KnownItems(split) : nil
    let counts = split.interactedItemCounts()
    try settings.check(following: retriever?.model.settings)
    self.retriever = settings.kind.followsItems ? retriever : nil
    items =
      self.retriever.map { $0.model.itemVectors().gathered(0..<counts.count) }
      ?? Matrix(rows: counts.count, columns: 0)
    proposal = try Proposal(settings.proposal, items: items, counts: counts, seed: seed)
  }

  /// Each target with its negatives: the target itself, its latest impressions, and draws.
  ///
  /// A draw that hits the target is masked, and so is one that the user took if `known` is `masked`. A
  /// head's labels are those of the target and of the impressions; the labels of draws are unknown.
  package func batch(
    _ examples: TrainingBatch, heads: [HeadSettings] = [],
    using generator: inout SeededGenerator
  ) -> RankingBatch {
    let width = 1 + settings.count
    let drawn = proposal.draw(settings.count, for: context(of: examples), using: &generator).items
    var items: [ItemIndex] = []
    items.reserveCapacity(examples.count * width)
    var isMasked = [Bool](repeating: false, count: examples.count * width)
    var labels = heads.map { _ in [Float](repeating: .nan, count: examples.count * width) }
    let isKnown = known?.contain(drawn, of: examples.targetUsers)
    let observed = heads.map { head in
      (examples.labels[head.label], examples.impressionLabels[head.label])
    }
    for (row, target) in examples.targets.enumerated() {
      items.append(target)
      let shown = examples.impressions[row].suffix(settings.impressions)
      items += shown
      items += drawn[row * settings.count + shown.count..<(row + 1) * settings.count]
      for column in 1..<width {
        let isTaken = column > shown.count && isKnown?[row * settings.count + column - 1] == true
        isMasked[row * width + column] = isTaken || items[row * width + column] == target
      }
      for (head, (ofTargets, ofImpressions)) in observed.enumerated() {
        if let ofTargets { labels[head][row * width] = ofTargets[row] }
        guard let ofImpressions else { continue }
        for (place, impression) in shown.indices.enumerated() {
          labels[head][row * width + 1 + place] = ofImpressions[impression]
        }
      }
    }
    return RankingBatch(
      candidates: CandidateBatch(queries: examples.queries, items: items, candidates: width),
      isMasked: isMasked, labels: labels, weights: examples.weights)
  }

  /// What draws follow: nothing, the targets, or the retriever's query vectors.
  private func context(of examples: TrainingBatch) -> SamplingContext {
    guard let retriever else { return SamplingContext(rows: examples.count) }
    guard settings.kind.followsQueries else { return SamplingContext(targets: examples.targets) }
    var queries = retriever.model.queries(of: examples, items)
    for position in queries.values.indices { queries.values[position] *= retriever.weight }
    return SamplingContext(queries: queries, targets: examples.targets)
  }
}

extension RankerNegativeSettings {
  /// Throws `SettingError` if draws follow a retriever and there is none that they can follow.
  package func check(following retriever: RetrieverSettings?) throws {
    guard kind.followsItems else { return }
    guard let retriever else {
      throw SettingError(
        "kind", kind.rawValue,
        "it follows the vectors of a retriever network, and the ranker is trained without one; give "
          + "uniform or popularity")
    }
    try SettingError.check(
      retriever.model.isInnerProduct || !kind.followsQueries, "kind", kind.rawValue,
      "it follows inner products, and the scores of \(retriever.name) are none; give "
        + "uniform, popularity or cluster")
  }
}

extension FrozenRetriever {
  /// The vector of each query, `[queries, dimension]`; of several interests the one that scores the
  /// target best, as in training.
  fileprivate func queries(of examples: TrainingBatch, _ items: Matrix) -> Matrix {
    let vectors = vectors(for: examples.queries)
    let interests = interests
    guard interests > 1 else { return vectors }
    return vectors.gathered(
      examples.targets.enumerated().map { row, target in
        let ofTarget = items[target.position]
        func score(_ vector: Int) -> Float {
          zip(vectors[vector], ofTarget).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let own = row * interests..<(row + 1) * interests
        return own.max { score($0) < score($1) } ?? own.lowerBound
      })
  }
}
