import CorralData
import Foundation
import Torch

/// The weighted average of the embeddings of the last items of a history, `[batch, dimension]`.
///
/// `sum_a w_a E[item of age a] / sum_a w_a` over the ages of a history; the last item has age 0. An
/// empty history gives zeros. Parameters: `weight` `[items, dimension]` if the table is separate,
/// and `ages` `[length]`, the logarithms of the weights, if they are learned.
struct HistoryEncoder {
  private let length: Int
  private let table: Embedding
  private let ages: Ages

  private enum Ages {
    case fixed(logarithms: [Float])
    case learned(logarithms: Tensor)
  }

  /// An encoder over the shared table of items, or over one of its own.
  init(
    _ history: HistorySettings, sharing items: Embedding, spread: Float, in scope: Parameters.Scope
  ) throws {
    length = history.length
    switch history.table {
    case .shared: table = items
    case .separate:
      table = try Embedding(
        items.weight.size(0), items.weight.size(1), rows: .items,
        initializer: .normal(deviation: spread),
        in: scope)
    }
    ages =
      switch history.weighting {
      case .uniform: .fixed(logarithms: [Float](repeating: 0, count: history.length))
      case .decay:
        .fixed(logarithms: (0..<history.length).map { Float($0) * log(history.decay) })
      case .learned:
        .learned(logarithms: try scope.parameter("ages", shape: [history.length]))
      }
  }

  /// The averages of some histories.
  func callAsFunction(_ histories: Ragged<ItemIndex>) -> Tensor {
    let device = table.weight.device
    var bags = Bags(capacity: histories.count * length, rows: histories.count)
    var ageOfEach: [Int32] = []
    ageOfEach.reserveCapacity(histories.count * length)
    var longest: [Int32] = []
    longest.reserveCapacity(histories.count)
    for row in 0..<histories.count {
      let range = histories.offsets[row]..<histories.offsets[row + 1]
      let count = min(length, range.count)
      for age in 0..<count {
        bags.indices.append(histories.values[range.upperBound - 1 - age].rawValue)
        ageOfEach.append(Int32(age))
      }
      bags.close()
      longest.append(Int32(max(count, 1) - 1))
    }
    let logarithms =
      switch ages {
      case .fixed(let logarithms): Tensor(logarithms, device: device)
      case .learned(let logarithms): logarithms
      }
    let weights = logarithms.exp()
    // A history of n items has the weights of the ages 0..<n. Those of one history lie side by side:
    // a request makes do with fewer operations.
    let isOne = histories.count == 1
    let own =
      isOne
      ? weights.narrow(0, 0..<ageOfEach.count)
      : weights.indexSelect(0, Tensor(ageOfEach, device: device))
    let sums = table.bags(
      Tensor(bags.indices, device: device), offsets: Tensor(bags.offsets, device: device),
      weights: own, reduction: .sum)
    if isOne { return ageOfEach.isEmpty ? sums : sums / own.sum(0) }
    let totals = weights.cumulativeSum(0).indexSelect(0, Tensor(longest, device: device))
    return sums / totals.unsqueeze(1)
  }
}
