import CorralData
import CorralVectors

/// The scores of a block of users: made a tile at a time, or there already.
enum BlockScores {
  case products(queries: Matrix, items: Matrix)
  case rows(Matrix)
}

/// The best items of each user of a block, the best first, `[users, depth]`, and how many of each
/// row are filled.
struct TopLists {
  let depth: Int
  let items: [Int32]
  let lengths: [Int]

  /// The list of one user, counted from the first of the block.
  subscript(user: Int) -> ArraySlice<Int32> { items[user * depth..<user * depth + lengths[user]] }
}

extension FullRanking {
  /// Users whose lists one thread fills at a time.
  private static let usersPerChunk = 32
  /// Items scored at a time: with a chunk of users, a tile of scores that stays in the cache.
  private static let itemsPerTile = 1024

  /// The list of every measured user in a block of them; row 0 of the scores is the first.
  func topLists(of block: Range<Int>, _ scores: BlockScores) -> TopLists {
    let depth = depth
    let base = users[block.lowerBound].position
    var items = [Int32](repeating: 0, count: block.count * depth)
    var lengths = [Int](repeating: 0, count: block.count)
    items.withUnsafeMutableBufferPointer { items in
      lengths.withUnsafeMutableBufferPointer { lengths in
        // Every chunk writes the rows of its own users only.
        nonisolated(unsafe) let items = items
        nonisolated(unsafe) let lengths = lengths
        Parallel.forEach(block.count, grain: Self.usersPerChunk) { chunk in
          for user in chunk {
            var list = TopList(depth: depth)
            let row = users[block.lowerBound + user].position - base
            scan(row, of: scores, masked: masked[block.lowerBound + user], into: &list)
            lengths[user] = list.finish(
              into: UnsafeMutableBufferPointer(
                rebasing: items[user * depth..<(user + 1) * depth]))
          }
        }
      }
    }
    return TopLists(depth: depth, items: items, lengths: lengths)
  }

  /// Offers all scores of one row to a list, except those of the masked items.
  private func scan(
    _ row: Int, of scores: BlockScores, masked: ArraySlice<ItemIndex>, into list: inout TopList
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.itemsPerTile) { tile in
      var next = masked.startIndex
      var first = 0
      while first < itemCount {
        let end = min(first + Self.itemsPerTile, itemCount)
        switch scores {
        case .products(let queries, let items):
          for item in first..<end {
            var sum: Float = 0
            for column in 0..<items.columns {
              sum +=
                queries.values[row * items.columns + column]
                * items.values[item * items.columns + column]
            }
            tile[item - first] = sum
          }
        case .rows(let matrix):
          for item in first..<end { tile[item - first] = matrix.values[row * itemCount + item] }
        }
        while next < masked.endIndex, masked[next].position < end {
          tile[masked[next].position - first] = -.infinity
          next += 1
        }
        list.offer(UnsafeBufferPointer(rebasing: tile[..<(end - first)]), from: first)
        first = end
      }
    }
  }
}
