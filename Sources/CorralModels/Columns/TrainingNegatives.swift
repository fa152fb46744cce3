package import CorralData
package import CorralSampling
package import CorralVectors

/// Makes the columns of a batch's logits: the batch's own items, draws that do not follow the
/// retriever, or the catalogue.
///
/// The estimate of probabilities, which may learn from the batches, is passed in.
package struct TrainingNegatives: Sendable {
  /// The source of negatives.
  package let settings: NegativeSettings
  private var itemCount: Int
  private var source: Source
  /// What users took in training, if their draws are checked against it.
  private let known: KnownItems?

  private enum Source: Sendable {
    case batch(extra: UniformSampler)
    case drawn(Proposal)
    case all
  }

  /// Negatives for a catalogue in which item i is a training target `counts[i]` times.
  ///
  /// Throws `SettingError` for settings that do not fit together, for a source that follows the
  /// retriever, whose columns are not known before its queries, and for one that needs a partition.
  package init(
    _ settings: NegativeSettings, counts: [Int], known: KnownItems? = nil
  ) throws {
    try settings.validate()
    self.settings = settings
    self.known = settings.known == .masked ? known : nil
    itemCount = counts.count
    switch settings.kind {
    case .inBatch: source = .batch(extra: UniformSampler(itemCount: counts.count))
    case .all: source = .all
    case .uniform, .popularity:
      source = .drawn(
        try Proposal(
          settings.proposal, items: Matrix(rows: counts.count, columns: 0), counts: counts, seed: 0)
      )
    case .softmax, .multiIndex, .topRand, .topAndRand, .cluster, .inCluster:
      throw SettingError(
        "kind", settings.kind.rawValue,
        "these negatives follow neither a retriever nor clusters; give in-batch, uniform, popularity "
          + "or all")
    }
  }

  /// Lets the catalogue have more items; only negatives of the batch follow one that grows.
  package mutating func grow(to itemCount: Int) {
    guard case .batch = source, itemCount >= self.itemCount else {
      fatalError(
        "\(settings.kind.rawValue) negatives over \(self.itemCount) items do not grow to \(itemCount)"
      )
    }
    self.itemCount = itemCount
    source = .batch(extra: UniformSampler(itemCount: itemCount))
  }

  /// The columns of one batch.
  ///
  /// - Parameters:
  ///   - targets: the positives, one a row.
  ///   - users: the user of each target; empty if nobody knows them.
  ///   - probabilities: how probable in-batch columns are; asked once a batch, in order.
  ///   - generator: the random numbers of draws.
  /// - Returns: the columns of the targets and of their negatives.
  package func columns(
    targets: [ItemIndex], of users: [UserIndex?] = [],
    _ probabilities: inout ColumnProbabilities, using generator: inout SeededGenerator
  ) -> TrainingColumns {
    switch source {
    case .all:
      return TrainingColumns(
        items: (0..<itemCount).map(ItemIndex.init), targets: targets.map { Int64($0.position) },
        negatives: .shared(counts: [Int](repeating: 1, count: itemCount)))
    case .batch(let sampler):
      let extra = sampler.draw(settings.count, for: .batch, using: &generator).items
      let distinct = DistinctItems(targets + extra)
      let logQ = probabilities.logProbabilities(targets: targets, extra: extra)
      return TrainingColumns(
        items: distinct.items, targets: Array(distinct.positions.prefix(targets.count)),
        negatives: .shared(counts: distinct.counts),
        logQ: logQ.map { distinct.first(of: $0) }, form: probabilities.form)
    case .drawn(let proposal):
      let isOwn = settings.sharing == .example
      let count = settings.count * (isOwn ? targets.count : 1)
      let draws = proposal.draw(count, for: .batch, using: &generator).items
      let distinct = DistinctItems(targets + draws)
      let positives = Array(distinct.positions.prefix(targets.count))
      let drawn = distinct.positions.dropFirst(targets.count)
      let logQ =
        probabilities.source == .none
        ? nil
        : proposal.logProbabilities(
          of: distinct.items, for: SamplingContext(targets: distinct.items))
      return TrainingColumns(
        items: distinct.items, targets: positives,
        negatives: isOwn
          ? .own(
            columns: Array(drawn),
            isKnown: users.isEmpty ? [] : known?.contain(draws, of: users) ?? [])
          // The batch's own items are there as positives only.
          : .shared(counts: distinct.counts(drawn)),
        logQ: isOwn
          ? logQ.map { logQ in
            positives.enumerated().flatMap { row, positive in
              let first = drawn.startIndex + row * settings.count
              return ([positive] + drawn[first..<first + settings.count]).map { logQ[Int($0)] }
            }
          } : logQ, form: probabilities.form)
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

  /// One number for each different item, of a quantity that is equal at all its occurrences.
  func first(of quantity: [Float]) -> [Float] {
    var firsts = [Float](repeating: 0, count: items.count)
    for (position, value) in zip(positions, quantity) { firsts[Int(position)] = value }
    return firsts
  }
}
