import Torch

/// Scores `[rows, columns]` that are there, or that are multiplied out when somebody asks for them.
///
/// A loss that works on the factors never needs the products, which are most of a step's memory.
final class Scores {
  /// What the scores are inner products of, `[rows, dimension]` and `[columns, dimension]`; `nil` for
  /// scores that are no such products.
  let factors: (queries: Tensor, items: Tensor)?
  private(set) lazy var values: Tensor = products()

  /// Scores that are there.
  init(_ values: Tensor) {
    factors = nil
    self.values = values
  }

  /// Inner products.
  init(queries: Tensor, items: Tensor) {
    factors = (queries, items)
  }

  private func products() -> Tensor {
    guard let factors else { fatalError("scores: neither values nor factors") }
    return factors.queries.matmul(transposed: factors.items)
  }
}
