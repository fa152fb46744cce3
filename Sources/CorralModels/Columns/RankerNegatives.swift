package import CorralData
import CorralSampling
package import CorralVectors

/// What a ranker's positives are compared with: the `negatives` block of its settings.
public struct RankerNegativeSettings: Sendable, Codable, Equatable {
  /// Where draws come from.
  public var kind = Kind.uniform
  /// The negatives of each positive, impressions counted.
  public var count = 20
  /// For `popularity`, the power of the counts that draws are in proportion to.
  public var exponent = 1.0
  /// The most of them that are impressions, shown to the user at that time or before and not taken,
  /// where the log has such; the others are drawn.
  public var impressions = 10
  /// What becomes of draws that the user took in training; impressions stay what they are.
  public var known = KnownDraws.masked

  /// The defaults: 20 uniform draws, up to 10 of them replaced by impressions.
  public init() {}

  /// Where draws come from.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Each item is as likely as any other.
    case uniform
    /// Items in proportion to a power of their number of training interactions.
    case popularity
  }

  /// Throws `SettingError` for the first value that no ranker can learn from.
  package func validate() throws {
    try SettingError.check(
      count > 0, "count", count, "a ranker compares; give 1 or more, such as 20")
    try SettingError.check("exponent", exponent, atLeast: 0)
    try SettingError.check(
      (0...count).contains(impressions), "impressions", impressions,
      "they are among the \(count) negatives of each positive; give 0 to \(count)")
  }
}

/// Where the candidates of a ranker's training batches come from.
package struct RankerNegatives: Sendable {
  private let settings: RankerNegativeSettings
  private let sampler: any NegativeSampler
  /// What users took, where it is told from their draws.
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

  /// Each target with its negatives: itself, its latest impressions, and draws, which do not count
  /// where they hit the target, or what its user took where that is masked.
  ///
  /// A head's labels are those of the target and of the impressions; of a draw nobody knows.
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
