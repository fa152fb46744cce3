import CorralData
import CorralVectors

/// The best items of each user of a block, the best first, one row per user.
struct TopLists {
  let items: [Int32]
  let offsets: [Int]

  /// Returns the list of one user, counted from the start of the block.
  subscript(user: Int) -> ArraySlice<Int32> { items[offsets[user]..<offsets[user + 1]] }
}

extension FullRanking {
  /// The number of users whose lists one thread fills at a time.
  private static let usersPerChunk = 32

  /// Ranks by inner products for a block of measured users.
  ///
  /// Row 0 of the queries belongs to the first user. With several interests, the rows of a user
  /// follow each other.
  func topLists(
    of block: Range<Int>, queries: Matrix, interests: Int, search: PlacedRows, depth: Int
  ) -> TopLists {
    let base = users[block.lowerBound].position
    let measured =
      queries.rows == block.count * interests
      ? queries
      : queries.gathered(
        block.flatMap { user in
          (0..<interests).map { (users[user].position - base) * interests + $0 }
        })
    return search.lists(
      measured, interests: interests, count: depth, excluding: masked.values,
      offsets: Array(masked.offsets[block.lowerBound...block.upperBound]))
  }

  /// Searches an index for a block of measured users; threads share the users.
  func topLists(
    of block: Range<Int>, queries: Matrix, interests: Int, placed: PlacedItems, depth: Int,
    by search: Scoring.Search
  ) -> TopLists {
    let ranked = itemCount
    let base = users[block.lowerBound].position
    let parts = Parallel.map(block.count, grain: Self.usersPerChunk) { [users, masked] chunk in
      chunk.map { place in
        let row = (users[block.lowerBound + place].position - base) * interests
        let seen = Set(masked[block.lowerBound + place])
        return search(queries.gathered(row..<row + interests), depth) { item in
          item.position < ranked && placed.contains(item) && !seen.contains(item.rawValue)
        }
      }
    }
    let lists = Ragged(parts.joined())
    return TopLists(items: lists.values.map(\.rawValue), offsets: lists.offsets)
  }

  /// Takes the lists that a model made for a block of measured users.
  ///
  /// Row 0 belongs to the first user. Items that the model cannot place are left out, because they
  /// come last.
  func topLists(
    of block: Range<Int>, made: [[ItemIndex]], placed: PlacedItems, depth: Int
  ) -> TopLists {
    let base = users[block.lowerBound].position
    let asked = users[block.upperBound - 1].position + 1 - base
    if made.count != asked {
      fatalError("evaluate: \(made.count) lists for \(asked) users from \(base) on")
    }
    var items: [Int32] = []
    var offsets = [0]
    for user in block {
      let list = made[users[user].position - base].prefix(depth)
      var refused = Set(masked[user])
      for item in list {
        if item.position >= itemCount || !refused.insert(item.rawValue).inserted {
          fatalError(
            "evaluate: the list of user \(users[user].position) holds item \(item.position), which "
              + "is not ranked, is masked or is there twice")
        }
        if placed.contains(item) { items.append(item.rawValue) }
      }
      offsets.append(items.count)
    }
    return TopLists(items: items, offsets: offsets)
  }

  /// Ranks by given scores for a block of measured users.
  ///
  /// Row 0 of the scores belongs to the first user.
  func topLists(
    of block: Range<Int>, scores: Matrix, placed: PlacedItems, depth: Int
  ) -> TopLists {
    let base = users[block.lowerBound].position
    let parts = scores.values.withUnsafeBufferPointer { values in
      nonisolated(unsafe) let values = values
      return Parallel.map(block.count, grain: Self.usersPerChunk) { chunk in
        var items: [Int32] = []
        var lengths: [Int] = []
        var list = TopList(depth: depth)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: itemCount) { row in
          for user in chunk {
            let start = (users[block.lowerBound + user].position - base) * catalogueCount
            _ = row.update(fromContentsOf: values[start..<start + itemCount])
            for item in masked[block.lowerBound + user] { row[Int(item)] = -.infinity }
            for item in placed.unplaced { row[item.position] = -.infinity }
            list.clear()
            list.offer(UnsafeBufferPointer(row))
            lengths.append(list.finish(into: &items))
          }
        }
        return (items: items, lengths: lengths)
      }
    }
    var offsets = [0]
    for length in parts.lazy.flatMap(\.lengths) { offsets.append((offsets.last ?? 0) + length) }
    return TopLists(items: parts.flatMap(\.items), offsets: offsets)
  }
}
