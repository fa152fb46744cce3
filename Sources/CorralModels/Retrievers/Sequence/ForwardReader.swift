import CorralData
import Torch

/// A sequence model that reads histories forward: it has a vector after each item, and a query has
/// the last of them.
///
/// All positions of a history are trained at once, each against the item that follows.
///
/// Items as input and as target share the table. The vector of an empty history is zero, unless a
/// token of a cluster stands before it.
protocol ForwardReader: Retriever {
  /// The most items of a history that are looked at.
  var history: Int { get }
  /// How the vectors of a query and an item are compared.
  var similarity: RetrieverSettings.Similarity { get }
  /// The vectors of the items, `[items, width]`.
  var itemTable: Embedding { get }
  /// How it is told the cluster that a query searches.
  var prompt: TaskPrompt { get }

  /// The vector after each place of some histories, `[places, width]`.
  func vectors(_ packed: PackedHistories, _ phase: Phase) -> Tensor
}

extension ForwardReader {
  /// The device of the parameters.
  package var device: Device { itemTable.weight.device }

  /// The vectors of some queries, `[batch, width]`.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let packed = PackedHistories(batch, length: history, after: prompt)
    return similarity.prepared(packed.last(of: vectors(packed, phase)))
  }

  /// The vectors after those items of the histories that have a target, or one for each query.
  package func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    let items: [Int]
    switch batch.reading {
    case .next, .masked: return queries(batch.queries, phase)
    case .everyPosition: items = Array(0..<batch.count)
    case .positions(let positions): items = positions
    }
    let packed = PackedHistories(whole: batch.queries, length: history, after: prompt)
    let states = vectors(packed, phase)
    let places = packed.places(of: items)
    return similarity.prepared(
      places.elementsEqual(0..<states.size(0))
        ? states : states.indexSelect(0, Tensor(places, device: device)))
  }

  /// The vectors of some items, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    similarity.prepared(itemTable(Tensor(positions: items, device: device)))
  }
}
