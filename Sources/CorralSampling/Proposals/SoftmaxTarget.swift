import CorralData
import CorralVectors
import Foundation

/// The softmax of a retriever's scores, which a proposal should draw from.
struct SoftmaxTarget {
  let items: Matrix
  let context: SamplingContext
  let temperature: Float

  /// The number of draws per query that a divergence is estimated from.
  private static let draws = 10_000

  /// `<z, e_i> / temperature` of some items for one row.
  private func scores(_ wanted: ArraySlice<ItemIndex>, row: Int) -> [Double] {
    wanted.map { item in
      let product = zip(context.query(row, of: items.columns), items[item.position])
        .reduce(Float(0)) { $0 + $1.0 * $1.1 }
      return Double(product / temperature)
    }
  }

  /// The mean over the rows of one number per row.
  private func mean(_ body: @Sendable (Int) -> Double) -> Double {
    let sums = Parallel.map(context.rows, grain: 1) { $0.reduce(0) { $0 + body($1) } }
    return sums.reduce(0, +) / Double(max(1, context.rows))
  }

  /// The shares `w / sum w` of the importance weights `w = e^score / Q^`.
  private func shares(
    _ drawn: ArraySlice<ItemIndex>, _ logProbabilities: ArraySlice<Float>, row: Int
  ) -> [Double] {
    let logs = zip(scores(drawn, row: row), logProbabilities).map { $0 - Double($1) }
    let most = logs.max() ?? 0
    let weights = logs.map { exp($0 - most) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// `(sum w)^2 / sum w^2` of a row's draws, averaged over the rows.
  func effectiveSampleSize(_ negatives: Negatives) -> Double {
    guard negatives.count > 0 else { return 0 }
    return mean { row in
      let range = row * negatives.count..<(row + 1) * negatives.count
      let shares = shares(negatives.items[range], negatives.logProbabilities[range], row: row)
      return 1 / shares.reduce(0) { $0 + $1 * $1 }
    }
  }

  /// `sum_i Q(i) (log Q(i) - log Q^(i))`, averaged over the rows; infinite if `Q^` never draws an item.
  func divergence(from proposal: some NegativeSampler) -> Double {
    let every = (0..<items.rows).map { ItemIndex($0) }
    return mean { row in
      let exact = SoftmaxSampler(items: items, temperature: temperature)
        .logProbabilities(of: every, for: context.only(row))
      let near = proposal.logProbabilities(of: every, for: context.only(row))
      return zip(exact, near).reduce(0) {
        $0 + exp(Double($1.0)) * (Double($1.0) - Double($1.1))
      }
    }
  }

  /// `sum_j s_j log(n s_j)` over `n` draws from `Q^`, `s` the shares of their importance weights:
  /// its limit is the divergence, and it is never more than `log n`.
  func estimatedDivergence(from proposal: some NegativeSampler, seed: UInt64) -> Double {
    mean { row in
      var rng = SeededGenerator(seed: seed, stream: UInt64(row))
      let drawn = proposal.draw(Self.draws, for: context.only(row), using: &rng)
      let shares = shares(drawn.items[...], drawn.logProbabilities[...], row: row)
      return shares.reduce(0) { $0 + ($1 > 0 ? $1 * log($1 * Double(Self.draws)) : 0) }
    }
  }
}

extension SamplingContext {
  /// The context of one of its rows.
  func only(_ row: Int) -> SamplingContext {
    SamplingContext(
      queries: queries.gathered([row]), targets: targets.isEmpty ? [] : [targets[row]])
  }
}
