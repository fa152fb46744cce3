import CorralData
import CorralEvaluation
import CorralIndex
import CorralModels
import CorralVectors

/// A published retriever: what users are answered with, and what predictions are made with.
struct ServedRetriever: Sendable {
  /// The retriever.
  let model: FrozenRetriever
  /// The vectors of its items, `[items, dimension]`.
  let vectors: Matrix
  /// The index over them.
  let index: BuiltIndex
  /// The popularity group of each item when it was published.
  let groups: [ItemGroup]

  /// A retriever with an index, over items that were targets so often.
  ///
  /// - Throws: `SettingError` or `IndexError`.
  init(_ model: FrozenRetriever, settings: IndexSettings, counts: [Int]) throws {
    self.model = model
    vectors = model.itemVectors()
    index = try BuiltIndex(vectors, settings: settings)
    groups = ItemGroup.groups(counts: counts)
  }

  /// The place of each example's item in the list of its user; `nil` beyond the cut-off, and for items
  /// that it does not know.
  ///
  /// A list leaves out the rest of the history, as a server does.
  func places(of examples: [Example], cutoff: Int) -> [Int?] {
    let (users, items) = (model.catalogue.users.count, model.catalogue.items.count)
    let batch = QueryBatch(
      users: examples.map { $0.user.position < users ? $0.user : nil },
      histories: Ragged(examples.map { $0.history.filter { $0.position < items } }))
    let queries = model.vectors(for: batch)
    let placed = model.placed
    return Parallel.map(examples.count, grain: 8) { rows in
      rows.map { row -> Int? in
        let example = examples[row]
        guard example.target.position < items, placed.contains(example.target) else { return nil }
        let met = Set(example.history)
        let found = index.search(Array(queries[row]), count: cutoff) { item in
          placed.contains(item) && (item == example.target || !met.contains(item))
        }
        return found.firstIndex { $0.item == example.target }
      }
    }.flatMap { $0 }
  }
}
