package import CorralData
import CorralVectors
import Foundation
import Torch

/// A frozen ranker that serves requests: what its scores need of each item alone is computed once.
///
/// A ranker that does not split, and one whose vectors of all items would be too large, computes
/// everything for each request.
package struct PreparedRanker: Sendable {
  /// The ranker itself.
  package let ranker: FrozenRanker
  private let halves: (items: Matrix, joint: HalfJoint)?

  /// The most memory that the vectors of all items may take, in bytes.
  private static let mostBytes = 1 << 30

  /// The ranker of a catalogue; costs the vectors of all its items.
  package init(_ ranker: FrozenRanker) {
    self.ranker = ranker
    halves = ranker.halves(atMost: Self.mostBytes)
  }

  /// The memory that it takes besides the ranker, in bytes.
  package var byteCount: Int {
    halves.map { 4 * $0.items.values.count + $0.joint.byteCount } ?? 0
  }

  /// The ranker's own scores of candidates, aligned with `candidates.values`, without those of the
  /// retriever.
  ///
  /// They are those of `FrozenRanker.ownScores` up to the rounding of sums. One request stays on the
  /// calling thread; several share all threads.
  package func ownScores(_ candidates: Ragged<ItemIndex>, for queries: QueryBatch) -> [Float] {
    guard let halves else { return ranker.ownScores(candidates, for: queries) }
    if candidates.count != queries.count {
      fatalError("scores: \(candidates.count) rows of candidates for \(queries.count) queries")
    }
    let parts = Parallel.map(queries.count, grain: 16) { rows in
      scores(candidates, rows, for: queries[rows], by: halves.items, halves.joint)
    }
    return parts.count == 1 ? parts[0] : parts.flatMap(\.self)
  }

  /// The scores of the candidates of some rows, one after the other.
  private func scores(
    _ candidates: Ragged<ItemIndex>, _ rows: Range<Int>, for queries: QueryBatch,
    by items: Matrix, _ joint: HalfJoint
  ) -> [Float] {
    let own = ranker.queryHalves(of: queries)
    var scores: [Float] = []
    scores.reserveCapacity(
      candidates.offsets[rows.upperBound] - candidates.offsets[rows.lowerBound])
    own.values.withUnsafeBufferPointer { own in
      items.values.withUnsafeBufferPointer { values in
        guard let query = own.baseAddress, let item = values.baseAddress else { return }
        let width = own.count / rows.count
        for row in rows {
          let all = candidates.offsets[row]..<candidates.offsets[row + 1]
          for start in stride(from: all.lowerBound, to: all.upperBound, by: Self.block) {
            let block = candidates.values[start..<min(start + Self.block, all.upperBound)]
            joint.withLogits(
              query + (row - rows.lowerBound) * width,
              block.map { item + $0.position * items.columns }
            ) { ranker.score.append($0, heads: ranker.heads, to: &scores) }
          }
        }
      }
    }
    return scores
  }

  /// The candidates whose layers are computed at once; they stay in the cache.
  private static let block = 240
}

extension FrozenRanker {
  /// What scores are computed of: the vectors of all items, and what joins a query's with them.
  ///
  /// `nil` for a ranker that does not split, and for vectors that take more memory than they may.
  fileprivate func halves(atMost bytes: Int) -> (items: Matrix, joint: HalfJoint)? {
    let count = catalogue.items.count
    return network { network -> (items: Matrix, joint: HalfJoint)? in
      guard let network = network as? any SplitRanker, count > 0 else { return nil }
      let width = network.itemHalves([ItemIndex(0)]).size(1)
      if 4 * count * width > bytes { return nil }
      let items = Matrix(rows: count, columns: width, by: 8192) {
        network.itemHalves($0.map(ItemIndex.init))
      }
      return (items, network.joint())
    }
  }

  /// The vectors of some queries, of a ranker that splits.
  fileprivate func queryHalves(of queries: QueryBatch) -> Matrix {
    network(isAlone: true) { network in
      guard let network = network as? any SplitRanker else {
        fatalError("queryHalves: \(settings.name) does not split")
      }
      return network.queryHalves(queries).matrix()
    }
  }
}

extension ServedScore {
  /// Appends the scores of logits `[candidates, 1 + heads]`.
  fileprivate func append(
    _ logits: UnsafeBufferPointer<Float>, heads: [HeadSettings], to scores: inout [Float]
  ) {
    let tasks = 1 + heads.count
    for first in stride(from: 0, to: logits.count, by: tasks) {
      switch self {
      case .main: scores.append(logits[first])
      case .sum:
        scores.append(
          heads.indices.reduce(sigmoid(logits[first])) {
            $0 + heads[$1].weight * sigmoid(logits[first + 1 + $1])
          })
      }
    }
  }
}

private func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
