public import CorralData
public import CorralSampling
public import CorralVectors

/// Where the columns of a batch's logits come from: the batch's own items, draws, or the catalogue.
///
/// Asked once a batch, in order: a streaming estimate answers from what it knew before the batch and
/// then learns from it.
public struct TrainingNegatives: Sendable {
  /// Which items a positive is compared with.
  public let settings: NegativeSettings
  /// How probable in-batch columns are, with the streaming estimator where there is one.
  public var correction: Correction
  private let itemCount: Int
  private let sampler: Sampler

  private enum Sampler: Sendable {
    case uniform(UniformSampler)
    case popularity(PopularitySampler)
  }

  /// Negatives for a catalogue in which item i is a training target `counts[i]` times.
  ///
  /// Throws `ModelsError.setting` for settings that do not fit together.
  public init(
    _ settings: NegativeSettings, _ correction: CorrectionSettings, counts: [Int]
  ) throws {
    try settings.validate()
    self.settings = settings
    self.correction = Correction(correction, counts: counts)
    itemCount = counts.count
    sampler =
      settings.kind == .popularity
      ? .popularity(PopularitySampler(counts: counts, exponent: settings.exponent))
      : .uniform(UniformSampler(itemCount: counts.count))
  }

  /// The columns of one batch.
  public mutating func columns(
    targets: [ItemIndex], using generator: inout SeededGenerator
  ) -> TrainingColumns {
    switch settings.kind {
    case .all:
      return TrainingColumns(
        items: (0..<itemCount).map(ItemIndex.init), counts: [Int](repeating: 1, count: itemCount),
        targets: targets.map { Int64($0.position) })
    case .inBatch:
      let extra = drawn(using: &generator)
      let distinct = DistinctItems(targets + extra)
      let logQ = correction.columns(targets: targets, extra: extra)?.columns
      return TrainingColumns(
        items: distinct.items, counts: distinct.counts,
        targets: Array(distinct.positions.prefix(targets.count)),
        logQ: logQ.map { distinct.first(of: $0) }, form: correction.form)
    case .uniform, .popularity:
      let extra = drawn(using: &generator)
      let distinct = DistinctItems(targets + extra)
      // The batch's own items are there as positives only.
      var counts = [Int](repeating: 0, count: distinct.items.count)
      for position in distinct.positions.dropFirst(targets.count) { counts[Int(position)] += 1 }
      return TrainingColumns(
        items: distinct.items, counts: counts,
        targets: Array(distinct.positions.prefix(targets.count)),
        logQ: correction.source == .none ? nil : logProbabilities(of: distinct.items),
        form: correction.form)
    }
  }

  private func drawn(using generator: inout SeededGenerator) -> [ItemIndex] {
    switch sampler {
    case .uniform(let sampler):
      sampler.draw(settings.count, for: .batch, using: &generator).items
    case .popularity(let sampler):
      sampler.draw(settings.count, for: .batch, using: &generator).items
    }
  }

  private func logProbabilities(of items: [ItemIndex]) -> [Float] {
    let context = SamplingContext(targets: items)
    return switch sampler {
    case .uniform(let sampler): sampler.logProbabilities(of: items, for: context)
    case .popularity(let sampler): sampler.logProbabilities(of: items, for: context)
    }
  }
}

extension DistinctItems {
  /// Of a quantity that is the same at every occurrence of an item, one for each different item.
  func first(of quantity: [Float]) -> [Float] {
    var firsts = [Float](repeating: 0, count: items.count)
    for (position, value) in zip(positions, quantity) { firsts[Int(position)] = value }
    return firsts
  }
}
