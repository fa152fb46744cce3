package import CorralData
package import Torch

/// Finds candidates: puts queries and items into one space, in which the inner product is the
/// score.
///
/// A retriever is a value over parameters. It knows nothing of losses, optimisers or files, and
/// what it does follows from its arguments and parameters alone.
///
/// Words that mean one thing in all retrievers: `dimension` is the number of elements of an
/// embedding, a key of the settings; `width` is the number of elements of the vectors that are
/// compared, which may be another one. An item `isThere` if a position of a padded history holds
/// one. A column `isMasked` if a loss leaves it out. A sequence model has a vector after each item
/// of a history, and so trains on every position of it.
package protocol Retriever {
  /// The number of elements of the vectors of queries and items.
  var width: Int { get }

  /// The device of the parameters and of every vector.
  var device: Device { get }

  /// A learned multiplier of all scores, one positive number; `nil` if none is learned.
  var scale: Tensor? { get }

  /// The number of vectors of a query: 1, unless users have several interests. An item's score is
  /// that of the interest that likes it best.
  var interests: Int { get }

  /// Whether scores are inner products, so that an index can search by them.
  var isInnerProduct: Bool { get }

  /// The vectors of some queries, `[batch, width]`, or `[batch, interests, width]` with several
  /// interests.
  func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor

  /// The vectors of some items, `[items, width]`.
  func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor

  /// The vector that each target of a training batch is scored with, `[targets, width]`.
  ///
  /// - Parameters:
  ///   - batch: the examples, read as their `reading` says.
  ///   - targets: the vectors of their targets, `[targets, width]`. Only models that choose among
  ///     interests ask for them.
  ///   - phase: what the vectors are made for.
  /// - Returns: one vector for each target.
  func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor

  /// The scores of some queries, `[rows, width]`: `[rows, columns]` against items that all rows
  /// share, `[columns, width]`, and `[rows, n]` against each row's own items, `[rows, n, width]`.
  func scores(_ queries: Tensor, _ items: Tensor) -> Tensor
}

extension Retriever {
  /// Scores have no learned multiplier.
  package var scale: Tensor? { nil }

  /// One vector for each query.
  package var interests: Int { 1 }

  /// Scores are inner products.
  package var isInnerProduct: Bool { true }

  /// The vectors of the queries, each of which has one target.
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
  /// The inner products of rows `[rows, d]`: `[rows, columns]` with shared vectors `[columns, d]`,
  /// and `[rows, n]` with each row's own vectors `[rows, n, d]`.
  func innerProducts(with vectors: Tensor) -> Tensor {
    vectors.rank == 2
      ? matmul(transposed: vectors) : vectors.matmul(unsqueeze(2)).squeeze(2)
  }
}
