import CorralData
import Torch

/// The last items of some histories as `[batch, length]`, the last one in the last column.
///
/// Where a history is shorter its first columns hold nothing, and have zeros for embeddings.
struct RecentItems {
  private let count: Int
  private let length: Int
  private var bags: Bags
  private var isThere: [Bool]

  /// The last `length` items of each history.
  init(_ histories: Ragged<ItemIndex>, length: Int) {
    count = histories.count
    self.length = length
    bags = Bags(capacity: count * length, rows: count * length)
    isThere = []
    isThere.reserveCapacity(count * length)
    for row in 0..<count {
      let history = histories[row].suffix(length)
      for _ in history.count..<max(length, history.count) { bags.close() }
      for item in history {
        bags.indices.append(item.rawValue)
        bags.close()
      }
      isThere += (0..<length).lazy.map { $0 >= length - history.count }
    }
  }

  /// The embeddings of the items, `[batch, length, dimension]`; an empty column has the gradient of no
  /// row.
  func embedded(by table: Embedding) -> Tensor {
    bags.sums(of: table).reshape([count, length, table.weight.size(1)])
  }

  /// Whether a column holds an item, `[batch, 1, length]`: a mask of attention to the items.
  func mask(on device: Device) -> Tensor {
    Tensor(isThere, shape: [count, 1, length], device: device)
  }
}

extension Bags {
  /// The sum of each bag's rows of a table; zeros for an empty bag.
  func sums(of table: Embedding) -> Tensor {
    let device = table.weight.device
    return table.bags(
      Tensor(indices, device: device), offsets: Tensor(offsets, device: device), reduction: .sum)
  }
}
