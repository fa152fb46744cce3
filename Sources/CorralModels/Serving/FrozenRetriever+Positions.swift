package import CorralData
package import CorralVectors
import Torch

extension FrozenRetriever {
  /// Whether one pass over a history makes the vector after each of its items.
  package var readsForward: Bool { network { $0 is any ForwardReader } }

  /// The vectors after each item of some histories, `[items, dimension]`, told no cluster.
  ///
  /// Histories are no longer than the model reads. Traps if the model does not read forward.
  package func vectors(afterEachItemOf histories: Ragged<ItemIndex>) -> Matrix {
    guard readsForward else {
      fatalError("\(settings.name) makes no vector after each item of a history")
    }
    // A pass holds all positions of its histories.
    let parts = Parallel.map(histories.count, grain: 32) { rows in
      network(isAlone: true) { network in
        let items = Ragged(rows.lazy.map { histories[$0] })
        let batch = TrainingBatch(
          queries: QueryBatch(users: rows.map { _ in nil }, histories: items),
          targets: items.values, weights: [Float](repeating: 0, count: items.values.count),
          reading: .everyPosition)
        return network.queries(
          batch, toward: network.items(batch.targets, .inference), .inference
        ).matrix()
      }
    }
    let vectors = Matrix(
      rows: histories.values.count, columns: network { $0.width },
      values: parts.flatMap(\.values))
    return prior == nil
      ? vectors : vectors.appending(column: [Float](repeating: 1, count: vectors.rows))
  }
}
