import CorralData
import CorralVectors

/// An exact search over the items that a model can place; the rows of all others are left out.
struct PlacedRows {
  private let search: InnerProductSearch
  /// The item of each row; empty if rows are items.
  private let items: [Int32]
  /// The row of each item, or -1 for one that is left out; empty if rows are items.
  private let rows: [Int32]

  /// Prepares a search over the first `count` rows of `[items, dimension]`, which are copied only
  /// if some are left out.
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

  /// Returns the best `count` items of each query except the excluded ones, which rise within a
  /// query.
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

  /// Returns excluded items as rows of the search, without those that are left out anyway.
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
  /// Appends the items that the model cannot place until each list has `depth` items.
  ///
  /// `masked` are the items that no list may hold, in rising order, one row per list.
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
      // Both rise, so that one pass finds the masked ones.
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
