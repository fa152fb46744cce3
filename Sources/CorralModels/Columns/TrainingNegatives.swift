package import CorralData
package import CorralSampling
package import CorralVectors

/// Makes the columns of each training batch: of the batch's own items, of draws, or of the
/// catalogue.
///
/// Batches come one after the other: a streaming estimate answers from what it knew before a batch,
/// and then learns from it.
package struct TrainingNegatives: Sendable {
  /// The items that a positive is compared with.
  package let settings: NegativeSettings
  /// How probable in-batch columns are; holds the streaming estimator, if there is one.
  package var correction: Correction
  private let itemCount: Int
  private let sampler: Sampler

  private enum Sampler: Sendable {
    case uniform(UniformSampler)
    case popularity(PopularitySampler)
  }

  /// Negatives for a catalogue in which item i is a training target `counts[i]` times.
  ///
  /// Throws `SettingError` for settings that do not fit together.
  package init(
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
  package mutating func columns(
    targets: [ItemIndex], using generator: inout SeededGenerator
  ) -> TrainingColumns {
    switch settings.kind {
    case .all:
      return TrainingColumns(
        items: (0..<itemCount).map(ItemIndex.init), targets: targets.map { Int64($0.position) },
        negatives: .shared(counts: [Int](repeating: 1, count: itemCount)))
    case .inBatch:
      let extra = drawn(settings.count, using: &generator)
      let distinct = DistinctItems(targets + extra)
      let logQ = correction.columns(targets: targets, extra: extra)?.columns
      return TrainingColumns(
        items: distinct.items, targets: Array(distinct.positions.prefix(targets.count)),
        negatives: .shared(counts: distinct.counts),
        logQ: logQ.map { distinct.first(of: $0) }, form: correction.form)
    case .uniform, .popularity:
      let isOwn = settings.sharing == .example
      let count = settings.count * (isOwn ? targets.count : 1)
      let distinct = DistinctItems(targets + drawn(count, using: &generator))
      let positives = Array(distinct.positions.prefix(targets.count))
      let drawn = distinct.positions.dropFirst(targets.count)
      let logQ = correction.source == .none ? nil : logProbabilities(of: distinct.items)
      return TrainingColumns(
        items: distinct.items, targets: positives,
        negatives: isOwn
          ? .own(columns: Array(drawn))
          // The batch's own items are only positives.
          : .shared(counts: distinct.counts(drawn)),
        logQ: isOwn
          ? logQ.map { logQ in
            positives.enumerated().flatMap { row, positive in
              let first = drawn.startIndex + row * settings.count
              return ([positive] + drawn[first..<first + settings.count]).map { logQ[Int($0)] }
            }
          } : logQ, form: correction.form)
    }
  }

  private func drawn(_ count: Int, using generator: inout SeededGenerator) -> [ItemIndex] {
    switch sampler {
    case .uniform(let sampler):
      sampler.draw(count, for: .batch, using: &generator).items
    case .popularity(let sampler):
      sampler.draw(count, for: .batch, using: &generator).items
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
  /// How often each item occurs among some positions.
  func counts(_ positions: some Sequence<Int64>) -> [Int] {
    var counts = [Int](repeating: 0, count: items.count)
    for position in positions { counts[Int(position)] += 1 }
    return counts
  }

  /// One value for each different item, of a quantity that is the same at each of its occurrences.
  func first(of quantity: [Float]) -> [Float] {
    var firsts = [Float](repeating: 0, count: items.count)
    for (position, value) in zip(positions, quantity) { firsts[Int(position)] = value }
    return firsts
  }
}
