import CorralData
import Torch

/// The last items of some histories as `[batch, length]`, the last item in the last column.
///
/// The first columns of a shorter history hold nothing, and have zeros for embeddings.
struct RecentItems {
  private let count: Int
  private let length: Int
  private var bags: Bags
  private var holdsItem: [Bool]

  /// The last `length` items of each history.
  init(_ histories: Ragged<ItemIndex>, length: Int) {
    count = histories.count
    self.length = length
    bags = Bags(capacity: count * length, rows: count * length)
    holdsItem = []
    holdsItem.reserveCapacity(count * length)
    for row in 0..<count {
      let history = histories[row].suffix(length)
      for _ in history.count..<max(length, history.count) { bags.close() }
      for item in history {
        bags.indices.append(item.rawValue)
        bags.close()
      }
      holdsItem += (0..<length).lazy.map { $0 >= length - history.count }
    }
  }

  /// The embeddings of the items, `[batch, length, dimension]`; an empty column gives no row a
  /// gradient.
  func embedded(by table: Embedding) -> Tensor {
    bags.sums(of: table).reshape([count, length, table.weight.size(1)])
  }

  /// Whether a column holds an item, `[batch, 1, length]`, as attention to the items takes it.
  func isThere(on device: Device) -> Tensor {
    Tensor(holdsItem, shape: [count, 1, length], device: device)
  }
}
