package import CorralData
import CorralVectors
package import Torch

/// A ranker whose logits follow from a vector that the query decides and one that the item decides.
///
/// So a model that serves computes the vectors of all items once, and a request computes one vector
/// of its own. Both begin with their share of the first of the layers; what follows is for the
/// crossing.
package protocol SplitRanker: Ranker {
  /// The vectors of some queries, `[batch, width]`.
  func queryHalves(_ queries: QueryBatch) -> Tensor

  /// The vectors of some items, `[items, width]`; their width may be another.
  func itemHalves(_ items: [ItemIndex]) -> Tensor

  /// What makes logits of the two.
  func joint() -> HalfJoint
}

/// Makes logits of the vector of a query and those of its candidates, without tensors: the layers
/// over both, and a crossing beside them.
package struct HalfJoint: Sendable {
  /// The width of the first layer, of which both vectors hold their share.
  let first: Int
  /// The layers after the first.
  let layers: [DenseLayer]
  let crossing: any Crossing
  /// The number of heads.
  let tasks: Int

  /// The memory of the layers.
  var byteCount: Int { layers.reduce(crossing.byteCount) { $0 + $1.byteCount } }

  /// Calls a body with the logits of some candidates, `[candidates, tasks]`.
  ///
  /// A candidate's logits have the same bits whatever candidates are beside it.
  func withLogits(
    _ query: UnsafePointer<Float>, _ items: [UnsafePointer<Float>],
    _ body: (UnsafeBufferPointer<Float>) -> Void
  ) {
    let count = items.count
    let widest = max(first, layers.lazy.map(\.width).max() ?? 0)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count * widest + count * tasks) {
      memory in
      guard let start = memory.baseAddress else { return }
      var (x, y) = (start, start + count * widest)
      let logits = y + count * widest
      items.withUnsafeBufferPointer { items in
        let rows = ScatteredRows(items)
        rows.writeSums(
          with: query, width: first, isRectified: !layers.isEmpty, to: x, stride: widest)
        for layer in layers {
          layer.write(x, stride: widest, count: count, to: y, stride: widest)
          swap(&x, &y)
        }
        for row in 0..<count {
          for task in 0..<tasks { logits[row * tasks + task] = x[row * widest + task] }
        }
        crossing.add(
          query: query + first, items: items.map { $0 + first },
          to: UnsafeMutableBufferPointer(start: logits, count: count * tasks), tasks: tasks)
      }
      body(UnsafeBufferPointer(start: logits, count: count * tasks))
    }
  }
}

/// What a ranker adds to its layers: how the embeddings of a query and an item cross.
package protocol Crossing: Sendable {
  /// Adds to the logits of candidates, `[candidates, tasks]`, what follows from the rest of the
  /// query's vector and of each item's.
  func add(
    query: UnsafePointer<Float>, items: [UnsafePointer<Float>],
    to logits: UnsafeMutableBufferPointer<Float>, tasks: Int)

  /// The memory of what it keeps.
  var byteCount: Int { get }
}

/// The inner product of the rest of both vectors, added to every head.
struct InnerProductCrossing: Crossing {
  let width: Int
  var byteCount: Int { 0 }

  func add(
    query: UnsafePointer<Float>, items: [UnsafePointer<Float>],
    to logits: UnsafeMutableBufferPointer<Float>, tasks: Int
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: items.count) { products in
      guard let start = products.baseAddress else { return }
      items.withUnsafeBufferPointer {
        ScatteredRows($0).writeProducts(with: query, width: width, to: start)
      }
      for place in logits.indices { logits[place] += start[place / tasks] }
    }
  }
}
