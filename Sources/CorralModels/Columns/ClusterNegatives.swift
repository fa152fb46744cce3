package import CorralData
package import CorralSampling
package import CorralVectors
import Foundation

/// Makes the columns of a batch's logits of negatives in the cluster of each target.
///
/// Targets share the draws of their cluster, or each has its own, as the settings say.
package struct ClusterNegatives: Sendable {
  /// The source of negatives.
  package let settings: NegativeSettings
  private let sampler: InClusterSampler
  /// How the probabilities of draws are corrected for; `nil` corrects nothing.
  private let form: CorrectionSettings.Form?

  /// Negatives for the items of a partition.
  ///
  /// `known` is what users took in training, for settings by which it is not drawn. Throws
  /// `SettingError` for settings that do not fit together.
  package init(
    _ settings: NegativeSettings, _ partition: Partition, known: KnownItems? = nil,
    form: CorrectionSettings.Form?
  ) throws {
    try settings.validate()
    guard settings.kind == .inCluster else {
      fatalError("cluster negatives: the settings ask for \(settings.kind.rawValue)")
    }
    self.settings = settings
    self.form = form
    sampler = InClusterSampler(
      partition, easy: settings.easy, known: settings.known == .masked ? known : nil)
  }

  /// The columns of one batch.
  ///
  /// - Parameters:
  ///   - targets: the positives, one a row.
  ///   - users: the user of each target; empty if nobody knows them.
  ///   - generator: the random numbers of draws.
  /// - Returns: the columns of the targets and of their negatives.
  package func columns(
    targets: [ItemIndex], of users: [UserIndex?] = [], using generator: inout SeededGenerator
  ) -> ColumnBlocks {
    switch settings.sharing {
    case .batch: shared(targets, using: &generator)
    case .example:
      ColumnBlocks(own(SamplingContext(targets: targets, users: users), using: &generator))
    }
  }

  /// Each target with draws of its own.
  private func own(
    _ context: SamplingContext, using generator: inout SeededGenerator
  ) -> TrainingColumns {
    let draws = sampler.draw(settings.count, for: context, using: &generator)
    return TrainingColumns(
      targets: context.targets, draws,
      targetLogQ: sampler.logProbabilities(of: context.targets, for: context), form: form)
  }
}

extension ClusterNegatives {
  /// A block for each cluster with targets: `count` draws, the easy ones shared by all blocks.
  ///
  /// A cluster of no more items than are to be drawn of it is taken whole, each item once. With n draws,
  /// an item i of cluster k is expected `E(i) = easy / items + hard / |C_k|` times, other items
  /// `easy / items` times, and `Q = E / n`.
  private func shared(
    _ targets: [ItemIndex], using generator: inout SeededGenerator
  ) -> ColumnBlocks {
    let partition = sampler.partition
    let rows = Dictionary(grouping: targets.indices) {
      partition.clusters[targets[$0].position]
    }.sorted { $0.key < $1.key }
    let easyCount = easyCount(using: &generator)
    // All items one after the other: the targets, the draws of each cluster, and the easy draws.
    var occurrences = targets
    var ranges: [Range<Int>] = []
    for (cluster, _) in rows {
      let start = occurrences.count
      occurrences += draws(settings.count - easyCount, of: Int(cluster), using: &generator)
      ranges.append(start..<occurrences.count)
    }
    let easy = occurrences.count..<occurrences.count + easyCount
    occurrences += easy.map { _ in
      ItemIndex(generator.next(below: partition.clusters.count))
    }
    let distinct = DistinctItems(occurrences)
    let blocks = zip(rows, ranges).map { group, hard in
      block(group.value, hard, easy, of: Int(group.key), among: distinct)
    }
    return ColumnBlocks(
      items: distinct.items, targets: Array(distinct.positions[..<targets.count]), blocks: blocks)
  }

  /// How many draws of this batch are easy: their share of all, rounded up or down at random.
  private func easyCount(using generator: inout SeededGenerator) -> Int {
    let expected = settings.easy * Double(settings.count)
    let whole = Int(expected)
    let rest = expected - Double(whole)
    return rest > 0 && generator.uniform() < rest ? whole + 1 : whole
  }

  /// Draws of a cluster, or all its items if they are not more.
  private func draws(
    _ count: Int, of cluster: Int, using generator: inout SeededGenerator
  ) -> [ItemIndex] {
    let members = sampler.partition.members[cluster]
    if count >= members.count { return Array(members) }
    return (0..<count).map { _ in
      members[members.startIndex + generator.next(below: members.count)]
    }
  }

  /// The block of a cluster's targets, with its own draws and the easy ones.
  private func block(
    _ rows: [Int], _ hard: Range<Int>, _ easy: Range<Int>, of cluster: Int,
    among items: DistinctItems
  ) -> ColumnBlocks.Block {
    let drawn = items.positions[hard] + items.positions[easy]
    // Positions among the items of all blocks stand for the items.
    let local = DistinctItems(
      (rows.map { items.positions[$0] } + drawn).map { ItemIndex(Int($0)) })
    let columns = local.items.map { items.items[$0.position] }
    let partition = sampler.partition
    let count = Double(drawn.count)
    let easyShare = Double(easy.count) / count / Double(partition.clusters.count)
    let hardShare = Double(hard.count) / count / Double(partition.members[cluster].count)
    let logQ = form.map { _ in
      columns.map { item in
        let isHard = Int(partition.clusters[item.position]) == cluster
        return Float(log(easyShare + (isHard ? hardShare : 0)))
      }
    }
    return ColumnBlocks.Block(
      rows: rows, places: local.items.map { Int64($0.position) },
      columns: TrainingColumns(
        items: columns, targets: Array(local.positions[..<rows.count]),
        negatives: .shared(counts: local.counts(local.positions[rows.count...])), logQ: logQ,
        form: form ?? .yi))
  }
}
