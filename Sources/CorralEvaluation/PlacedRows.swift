import CorralData
import CorralVectors

/// An exact search among the items that a model can place: the rows of all others are left out.
struct PlacedRows {
  private let search: InnerProductSearch
  /// The item of each row; empty where rows are items.
  private let items: [Int32]
  /// The row of each item, -1 for one that is left out; empty where rows are items.
  private let rows: [Int32]

  /// A search among the first `count` rows of `[items, dimension]`, which are copied only where some
  /// are left out.
  init(_ matrix: Matrix, count: Int, placed: PlacedItems) {
    if placed.areAll, matrix.rows <= count {
      (search, items, rows) = (InnerProductSearch(matrix), [], [])
      return
    }
    var items: [Int32] = []
    var rows = [Int32](repeating: -1, count: matrix.rows)
    for item in 0..<min(count, matrix.rows) where placed.contains(ItemIndex(item)) {
      rows[item] = Int32(items.count)
      items.append(Int32(item))
    }
    search = InnerProductSearch(matrix.gathered(items.map(Int.init)))
    (self.items, self.rows) = (items, rows)
  }

  /// The best `count` items of each query besides the excluded ones, which rise within a query.
  func lists(
    _ queries: Matrix, interests: Int, count: Int, excluding excluded: [Int32], offsets: [Int]
  ) -> TopLists {
    let isWhole = rows.isEmpty
    let (excluded, offsets) = isWhole ? (excluded, offsets) : compacted(excluded, offsets)
    let found = search.search(
      queries, interests: interests, count: count, excluding: excluded, offsets: offsets)
    return TopLists(
      items: isWhole ? found.rows : found.rows.map { items[Int($0)] }, offsets: found.offsets)
  }

  /// Excluded items as rows of the search: those that are left out anyway are dropped.
  private func compacted(_ excluded: [Int32], _ offsets: [Int]) -> ([Int32], [Int]) {
    var values: [Int32] = []
    var ends = [0]
    for query in 0..<offsets.count - 1 {
      for item in excluded[offsets[query]..<offsets[query + 1]] where rows[Int(item)] >= 0 {
        values.append(rows[Int(item)])
      }
      ends.append(values.count)
    }
    return (values, ends)
  }
}

extension TopLists {
  /// The lists with what the model cannot place after what it can, until they are `depth` long.
  ///
  /// `masked` are the items that no list may hold, in rising order, one row a list.
  func followed(
    by placed: PlacedItems, to depth: Int, without masked: (Int) -> ArraySlice<Int32>
  ) -> TopLists {
    let count = offsets.count - 1
    guard !placed.areAll, (0..<count).contains(where: { self[$0].count < depth }) else {
      return self
    }
    var items: [Int32] = []
    var offsets = [0]
    for user in 0..<count {
      let found = self[user]
      items += found
      // Both rise, so that one walk tells which are masked.
      var hidden = masked(user)
      items += placed.following(found.count, of: depth) { item in
        while let first = hidden.first, first < item.rawValue { hidden.removeFirst() }
        return hidden.first != item.rawValue
      }.lazy.map(\.rawValue)
      offsets.append(items.count)
    }
    return TopLists(items: items, offsets: offsets)
  }
}
