import CorralData
import Torch

/// Rows of positions, in the layout of embedding bags.
struct Bags {
  var indices: [Int32] = []
  var offsets: [Int64] = [0]

  init(capacity: Int, rows: Int) {
    indices.reserveCapacity(capacity)
    offsets.reserveCapacity(rows + 1)
  }

  /// Ends a bag: it holds the indices since the last call.
  mutating func close() { offsets.append(Int64(indices.count)) }

  /// The mean of each bag's rows of a table; zeros for an empty bag.
  func means(of table: Embedding) -> Tensor {
    let device = table.weight.device
    return table.bags(
      Tensor(indices, device: device), offsets: Tensor(offsets, device: device), reduction: .mean)
  }

  /// The sum of each bag's rows of a table; zeros for an empty bag.
  func sums(of table: Embedding) -> Tensor {
    let device = table.weight.device
    return table.bags(
      Tensor(indices, device: device), offsets: Tensor(offsets, device: device), reduction: .sum)
  }
}

extension Bags {
  /// One bag for each user; that of an unknown user is empty.
  init(_ users: [UserIndex?]) {
    self.init(capacity: users.count, rows: users.count)
    for user in users {
      if let user { indices.append(user.rawValue) }
      close()
    }
  }
}

extension Bags {
  /// One bag for each item; that of an unknown item is empty.
  init(_ items: [ItemIndex?]) {
    self.init(capacity: items.count, rows: items.count)
    for item in items {
      if let item { indices.append(item.rawValue) }
      close()
    }
  }
}

extension Tensor {
  /// The positions of some items, `[items]`.
  convenience init(positions items: [ItemIndex], device: Device) {
    self.init(items.map(\.rawValue), device: device)
  }
}
