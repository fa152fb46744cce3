package import CorralData
package import Torch

/// Finds candidates: puts queries and items into one space, in which the inner product is the score.
///
/// A retriever is a value over parameters. It knows nothing of losses, optimisers or files; what it
/// does follows from its arguments and parameters alone.
package protocol Retriever {
  /// The number of elements of a vector.
  var dimension: Int { get }

  /// Where the parameters are, and with them every vector.
  var device: Device { get }

  /// A learned multiplier of all scores, one positive number; `nil` where none is learned.
  var scale: Tensor? { get }

  /// The number of vectors that a query has: 1, unless users have several interests. An item is
  /// scored by the one that likes it best.
  var interests: Int { get }

  /// Whether scores are inner products, so that an index can search by them.
  var isInnerProduct: Bool { get }

  /// The vectors of some queries, `[batch, dimension]`, or `[batch, interests, dimension]` where
  /// there are several.
  func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor

  /// The vectors of some items, `[items, dimension]`.
  func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor

  /// The vector that each target of a training batch is scored with, `[targets, dimension]`.
  ///
  /// - Parameters:
  ///   - batch: the examples, read as their `reading` says.
  ///   - targets: the vectors of their targets, `[targets, dimension]`, for those who choose among
  ///     interests by them; nobody else makes them.
  ///   - phase: what the vectors are made for.
  /// - Returns: one vector a target.
  func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor

  /// The scores of some queries, `[rows, dimension]`: `[rows, columns]` against items shared by all
  /// rows, `[columns, dimension]`, and `[rows, n]` against each row's own, `[rows, n, dimension]`.
  func scores(_ queries: Tensor, _ items: Tensor) -> Tensor
}

extension Retriever {
  /// One vector a query.
  package var interests: Int { 1 }

  /// Scores are inner products.
  package var isInnerProduct: Bool { true }

  /// The vectors of the queries, one target each.
  package func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    queries(batch.queries, phase)
  }

  /// Inner products.
  package func scores(_ queries: Tensor, _ items: Tensor) -> Tensor {
    queries.innerProducts(with: items)
  }
}

extension Tensor {
  /// The inner products of rows `[rows, d]` with shared vectors `[columns, d]`, `[rows, columns]`, or
  /// with each row's own, `[rows, n, d]`, `[rows, n]`.
  func innerProducts(with vectors: Tensor) -> Tensor {
    vectors.rank == 2
      ? matmul(transposed: vectors) : vectors.matmul(unsqueeze(2)).squeeze(2)
  }
}
