import CorralData
import Foundation
import Torch

/// One column of the context of requests as an embedding, `[batch, dimension]`.
///
/// Each category has an embedding. Numbers are standardised by those of training and multiply one
/// learned vector. A request without a value is zero. Parameters: `weight`,
/// `[categories, dimension]` or `[dimension]`; for numbers also `mean` and `deviation`, `[1]`,
/// which have no gradient but are saved with the others.
struct ContextEncoder {
  private let name: String
  private let kind: Kind

  private enum Kind {
    case categories(Embedding)
    case numbers(weight: Tensor, mean: Tensor, deviation: Tensor)
  }

  /// An encoder of a column, whose rows, if any, decide how numbers are standardised.
  init(
    _ column: ContextColumn, dimension: Int, spread: Float, in scope: Parameters.Scope
  ) throws {
    let spread = Initializer.normal(deviation: spread)
    name = column.name
    switch column.values {
    case .categories(_, let vocabulary):
      kind = .categories(
        try Embedding(
          max(vocabulary.count, 1), dimension, rows: .other, initializer: spread, in: scope))
    case .numbers(let numbers):
      let mean = try scope.parameter("mean", shape: [1])
      let deviation = try scope.parameter("deviation", shape: [1], initializer: .ones)
      if let moments = Self.moments(of: numbers) {
        mean.write([moments.mean])
        deviation.write([moments.deviation])
      }
      kind = .numbers(
        weight: try scope.parameter("weight", shape: [dimension], initializer: spread),
        mean: mean, deviation: deviation)
    }
  }

  /// The embeddings of the column of this name in a batch's context.
  func callAsFunction(_ batch: QueryBatch) -> Tensor {
    let values = batch.context[name]?.values
    switch kind {
    case .categories(let table):
      var bags = Bags(capacity: batch.count, rows: batch.count)
      for row in 0..<batch.count {
        if case .categories(let positions, _) = values, positions[row] >= 0 {
          bags.indices.append(positions[row])
        }
        bags.close()
      }
      return bags.means(of: table)
    case .numbers(let weight, let mean, let deviation):
      var numbers = [Float](repeating: 0, count: batch.count)
      var isKnown = numbers
      if case .numbers(let given) = values {
        for (row, number) in given.enumerated() where number.isFinite {
          (numbers[row], isKnown[row]) = (number, 1)
        }
      }
      let device = weight.device
      let standard =
        (Tensor(numbers, shape: [batch.count, 1], device: device) - mean.detach())
        / deviation.detach()
      return standard * Tensor(isKnown, shape: [batch.count, 1], device: device) * weight
    }
  }

  /// Mean and deviation of the known numbers; `nil` if none is known.
  private static func moments(of numbers: [Float]) -> (mean: Float, deviation: Float)? {
    let known = numbers.lazy.filter(\.isFinite).map(Double.init)
    let count = Double(known.reduce(into: 0) { count, _ in count += 1 })
    if count == 0 { return nil }
    let mean = known.reduce(0, +) / count
    let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    return (Float(mean), variance > 0 ? Float(variance.squareRoot()) : 1)
  }
}
