import Torch

/// Scores `[rows, columns]` that are there, or that are multiplied out when somebody asks for them.
///
/// A loss that works on the factors never needs the products, which are most of a step's memory.
final class Scores {
  /// What the scores are inner products of, `[rows, dimension]` and `[columns, dimension]`; `nil` for
  /// scores that are no such products.
  let factors: (queries: Tensor, items: Tensor)?
  /// The items that each row is multiplied with, `[rows, n]`; `nil` where it is all of them.
  let own: Tensor?
  private(set) lazy var values: Tensor = products()

  /// Scores that are there.
  init(_ values: Tensor) {
    (factors, own) = (nil, nil)
    self.values = values
  }

  /// Inner products, with all items or with those of each row's own.
  init(queries: Tensor, items: Tensor, own: Tensor? = nil) {
    factors = (queries, items)
    self.own = own
  }

  private func products() -> Tensor {
    guard let factors else { fatalError("scores: neither values nor factors") }
    return own.map { factors.queries.products(with: factors.items, at: $0) }
      ?? factors.queries.matmul(transposed: factors.items)
  }
}
