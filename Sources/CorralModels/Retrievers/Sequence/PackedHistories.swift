import CorralData
import Torch

/// The last items of some histories, one history after the other, without padding.
///
/// Places are counted from the end: the last item of every history has the last of the learned
/// positions, however long the history is (Kang and McAuley, 2018). A token of the cluster that a
/// query searches can stand before its history; it has no position.
struct PackedHistories {
  /// The items of all histories.
  var items: [ItemIndex] = []
  /// The places of query i are `offsets[i]..<offsets[i + 1]`: that of its token, if tokens stand
  /// before the histories, and those of its items.
  var offsets = [0]
  /// The number of items after each item in its history.
  var ages: [Int32] = []
  /// The cluster that each query searches; empty if queries are not told.
  let clusters: [Int32]
  /// The number of places before each history: 1 with tokens, 0 without.
  private let tokens: Int

  /// At most `length` last items of the history of each query, after a token if the prompt is one
  /// and the queries are told clusters.
  init(_ queries: QueryBatch, length: Int, after prompt: TaskPrompt) {
    self.init(
      queries.histories, length: length, clusters: queries.clusters,
      tokens: prompt.isToken && !queries.clusters.isEmpty ? 1 : 0)
  }

  /// At most `length` last items of each history.
  init(_ histories: Ragged<ItemIndex>, length: Int) {
    self.init(histories, length: length, clusters: [], tokens: 0)
  }

  private init(_ histories: Ragged<ItemIndex>, length: Int, clusters: [Int32], tokens: Int) {
    self.clusters = clusters
    self.tokens = tokens
    items.reserveCapacity(min(histories.values.count, histories.count * length))
    ages.reserveCapacity(items.capacity)
    offsets.reserveCapacity(histories.count + 1)
    for row in 0..<histories.count {
      let history = histories[row].suffix(length)
      items += history
      for age in (0..<history.count).reversed() { ages.append(Int32(age)) }
      offsets.append(items.count + tokens * (row + 1))
    }
  }

  /// All items of the histories of some queries; traps if one is longer than `length`, as training
  /// needs every item.
  init(whole queries: QueryBatch, length: Int, after prompt: TaskPrompt) {
    self.init(queries, length: length, after: prompt)
    guard items.count == queries.histories.values.count else {
      fatalError("a training history has more than the \(length) items that the retriever sees")
    }
  }

  /// The number of items.
  var count: Int { items.count }

  /// The cluster that the query of each item searches; empty if queries are not told.
  var clusterOfEachItem: [Int32] {
    zip(clusters, zip(offsets, offsets.dropFirst())).flatMap { cluster, places in
      repeatElement(cluster, count: places.1 - places.0 - tokens)
    }
  }

  /// The places of some items, which are given in rising order.
  func places(of items: [Int]) -> [Int] {
    if tokens == 0 { return items }
    var query = 0
    return items.map { item in
      while item + query + 1 >= offsets[query + 1] { query += 1 }
      return item + query + 1
    }
  }

  /// The vectors of all places, `[places, d]`, out of those of items `[items, d]` and of the tokens
  /// before them, `[queries, d]`.
  func joined(_ items: Tensor, after tokens: Tensor?) -> Tensor {
    guard let tokens else { return items }
    var rows: [Int32] = []
    rows.reserveCapacity(offsets[offsets.count - 1])
    for query in 0..<offsets.count - 1 {
      rows.append(Int32(count + query))
      rows += (offsets[query] - query..<offsets[query + 1] - query - 1).map { Int32($0) }
    }
    return Tensor.cat([items, tokens], 0).indexSelect(0, Tensor(rows, device: items.device))
  }

  /// The rows of the last place of each query, `[queries, d]`, out of those of all places,
  /// `[places, d]`; zeros for a query without places.
  func last(of states: Tensor) -> Tensor {
    let filled = (0..<offsets.count - 1).filter { offsets[$0] < offsets[$0 + 1] }
    let places = Tensor(filled.map { offsets[$0 + 1] - 1 }, device: states.device)
    let last = states.indexSelect(0, places)
    guard filled.count < offsets.count - 1 else { return last }
    return Tensor.zeros([offsets.count - 1, states.size(1)], device: states.device)
      .indexAdd(0, Tensor(filled, device: states.device), last)
  }
}
