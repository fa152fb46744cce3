import CorralData
import Torch

/// A retriever that reads histories forward and has a vector after each item, of which a query has the
/// last: all positions of a stretch are trained at once, each against the item that follows.
///
/// Items as input and as target share the table. A history without items is a vector of zeros.
protocol ForwardReader: Retriever {
  /// The most items of a history that are looked at.
  var history: Int { get }
  /// How the vectors of a query and an item are compared.
  var similarity: RetrieverSettings.Similarity { get }
  /// The vectors of the items, `[items, dimension]`.
  var itemTable: Embedding { get }

  /// The vector after each item of some histories, `[positions, dimension]`.
  func vectors(_ packed: PackedHistories, _ phase: Phase) -> Tensor
}

extension ForwardReader {
  /// Where the parameters are.
  package var device: Device { itemTable.weight.device }

  /// None is learned.
  package var scale: Tensor? { nil }

  /// The vectors of some queries, `[batch, dimension]`.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let packed = PackedHistories(batch.histories, length: history)
    return similarity.prepared(packed.last(of: vectors(packed, phase)))
  }

  /// The vector after each item of the histories; one a query where a batch has one target each.
  package func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    guard case .everyPosition = batch.reading else { return queries(batch.queries, phase) }
    return similarity.prepared(
      vectors(PackedHistories(whole: batch.queries.histories, length: history), phase))
  }

  /// The vectors of some items, `[items, dimension]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    similarity.prepared(itemTable(Tensor(positions: items, device: device)))
  }
}
