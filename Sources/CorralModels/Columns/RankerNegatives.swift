package import CorralData
import CorralSampling
package import CorralVectors

/// Makes the candidates of a ranker's training batches.
package struct RankerNegatives: Sendable {
  private let settings: RankerNegativeSettings
  private let sampler: any NegativeSampler
  /// The items that users took, if draws of them are masked.
  private let known: KnownItems?

  /// Negatives for the users and items of a split's training part.
  ///
  /// Throws `SettingError` for settings that no ranker can learn from.
  package init(_ settings: RankerNegativeSettings, on split: Split) throws {
    try settings.validate()
    self.settings = settings
    known = settings.known == .masked ? KnownItems(split) : nil
    let counts = split.interactedItemCounts()
    sampler =
      switch settings.kind {
      case .uniform: UniformSampler(itemCount: counts.count)
      case .popularity: PopularitySampler(counts: counts, exponent: settings.exponent)
      }
  }

  /// The candidates of each target: the target itself, its latest impressions, and draws.
  ///
  /// A draw is masked if it is the target, or, as the settings ask, an item that its user took.
  /// Targets and impressions have labels; those of draws are unknown.
  package func batch(
    _ examples: TrainingBatch, heads: [HeadSettings] = [],
    using generator: inout SeededGenerator
  ) -> RankingBatch {
    let width = 1 + settings.count
    let drawn = sampler.draw(
      settings.count, for: SamplingContext(rows: examples.count), using: &generator
    ).items
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
}
