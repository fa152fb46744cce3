import CorralData
import CorralIndex
import CorralServing
import CorralVectors

/// Items that the index of a model does not have where they belong, each with its vector: those that the
/// model lacks, and those whose features changed since.
///
/// It is exact: a search looks at every entry, one inner product for each interest of the request; 10,000
/// entries of 64 elements cost about 0.3 ms. A change copies the list, so that requests
/// go on with the one that they began with.
struct SideList: Sendable, Equatable {
  /// An item of the list.
  struct Entry: Sendable, Equatable {
    let key: LiveKey
    /// The item's position in the model; `nil` for an item that the model lacks.
    let item: ItemIndex?
    /// What its vector was made of.
    let told: FeatureRow
  }

  /// The entries, the one that was placed first first.
  private(set) var entries: [Entry] = []
  /// The vectors of the entries, `[entries, dimension]`.
  private var vectors = Matrix(rows: 0, columns: 0)
  private var places: [LiveKey: Int] = [:]
  /// The entries that the model has too: the index must not find them.
  private(set) var hidden = KeySet()
  /// Their positions in the model.
  private(set) var hiddenItems: [ItemIndex] = []

  /// No items.
  init() {}

  var isEmpty: Bool { entries.isEmpty }

  var count: Int { entries.count }

  /// Whether an item is found here, and not in the index.
  func contains(_ key: LiveKey) -> Bool { places[key] != nil }

  /// The entry of an item; `nil` for an item that is not here.
  func entry(of key: LiveKey) -> Entry? { places[key].map { entries[$0] } }

  /// The vector of an item; `nil` for an item that is not here.
  func vector(of key: LiveKey) -> [Float]? { places[key].map { Array(vectors[$0]) } }

  /// The list without some items, and with others behind the rest; the oldest ones go where there would be
  /// more than `most`.
  ///
  /// - Returns: the list, and how many went because there were too many.
  func changed(
    removing gone: Set<LiveKey>, adding added: [(entry: Entry, vector: [Float])], most: Int
  ) -> (list: SideList, dropped: Int) {
    let moved = gone.union(added.lazy.map(\.entry.key))
    var kept = entries.indices.filter { !moved.contains(entries[$0].key) }
    let dropped = max(0, kept.count + added.count - most)
    kept.removeFirst(min(dropped, kept.count))
    let added = added.suffix(most)
    var list = SideList()
    var values: [Float] = []
    let columns = added.first?.vector.count ?? vectors.columns
    values.reserveCapacity((kept.count + added.count) * columns)
    for place in kept {
      list.entries.append(entries[place])
      values += vectors[place]
    }
    for (entry, vector) in added {
      list.entries.append(entry)
      values += vector
    }
    list.vectors = Matrix(
      rows: list.entries.count, columns: list.entries.isEmpty ? 0 : columns, values: values)
    for (place, entry) in list.entries.enumerated() {
      list.places[entry.key] = place
      if let item = entry.item {
        list.hidden.set(entry.key, true)
        list.hiddenItems.append(item)
      }
    }
    return (list, dropped)
  }
}

extension SideList {
  /// The score of an item by the vectors of a request, that of the interest that likes it best; `nil` for
  /// an item that is not here.
  func score(of key: LiveKey, by queries: Matrix?) -> Float? {
    guard let place = places[key], let queries else { return nil }
    return scores(of: place..<place + 1, by: queries).first
  }

  /// The best allowed items of the list for a request, the best first; of equal ones the older entry.
  func best(
    _ count: Int, by queries: Matrix, where isAllowed: (LiveKey) -> Bool
  ) -> [(entry: Entry, score: Float)] {
    var best = TopK(count)
    for (place, score) in scores(of: entries.indices, by: queries).enumerated()
    where score > best.threshold || best.threshold == -.infinity {
      if isAllowed(entries[place].key) { best.insert(place, score: score) }
    }
    return best.sorted().map { (entries[$0.index], $0.score) }
  }

  /// The items of the list whose vectors are nearest to one by cosine, the nearest first.
  func nearest(
    to vector: [Float], count: Int, where isAllowed: (LiveKey) -> Bool
  ) -> [(entry: Entry, score: Float)] {
    let query = Matrix(rows: 1, columns: vector.count, values: vector)
    let scale = vector.directionScale
    var best = TopK(count)
    for (place, product) in scores(of: entries.indices, by: query).enumerated()
    where isAllowed(entries[place].key) {
      best.insert(place, score: product * scale * vectors[place].directionScale)
    }
    return best.sorted().map { (entries[$0.index], $0.score) }
  }

  private func scores(of places: Range<Int>, by queries: Matrix) -> [Float] {
    // An empty list has no vectors to compare the length of a query with.
    if places.isEmpty { return [] }
    var best = [Float](repeating: -.infinity, count: places.count)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: places.count) { products in
      for row in 0..<queries.rows {
        queries[row].withUnsafeBufferPointer {
          vectors.innerProducts(of: places, with: $0, into: products)
        }
        for place in best.indices { best[place] = max(best[place], products[place]) }
      }
    }
    return best
  }
}
