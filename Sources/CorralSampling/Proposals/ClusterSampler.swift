package import CorralData
package import CorralVectors
import Foundation

/// Draws uniformly in the cluster of each row's target: negatives that are like the positive.
///
/// The positive itself may be drawn (Divide and Conquer: Huang and others, 2023).
package struct ClusterSampler: NegativeSampler {
  /// The clusters of the catalogue.
  package let partition: Partition

  /// A sampler over a partition of at least one item.
  package init(_ partition: Partition) {
    guard !partition.clusters.isEmpty else {
      fatalError("a cluster sampler needs at least one item")
    }
    self.partition = partition
  }

  /// Draws `count` negatives for each target of the context.
  package func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives {
    let seed = rng.next()
    return Negatives(rows: context.rows, count: count, grain: 256) { rows, draws in
      for (position, row) in rows.enumerated() {
        var rng = SeededGenerator(seed: seed, stream: UInt64(row))
        let cluster = cluster(of: row, in: context)
        let members = partition.members[cluster]
        let logProbability = Float(-log(Double(members.count)))
        for draw in position * count..<(position + 1) * count {
          draws[draw] = Draw(
            item: members[members.startIndex + rng.next(below: members.count)],
            logProbability: logProbability)
        }
      }
    }
  }

  /// Minus the logarithm of the size of the target's cluster; `-infinity` for items of other clusters.
  package func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    context.mapRows(of: items, grain: 256) { rows, width, logs in
      for (position, row) in rows.enumerated() {
        let cluster = cluster(of: row, in: context)
        let logProbability = Float(-log(Double(partition.members[cluster].count)))
        for offset in 0..<width {
          let item = items[row * width + offset].position
          let inside =
            item < partition.clusters.count && Int(partition.clusters[item]) == cluster
          logs[position * width + offset] = inside ? logProbability : -.infinity
        }
      }
    }
  }

  private func cluster(of row: Int, in context: SamplingContext) -> Int {
    let target = context.target(row).position
    guard target < partition.clusters.count else {
      fatalError(
        "sampling: target \(target) is not among the \(partition.clusters.count) items of the "
          + "partition")
    }
    return Int(partition.clusters[target])
  }
}
