import CorralData
import Torch

/// Rows of positions, laid out as embedding bags take them.
struct Bags {
  var indices: [Int32] = []
  var offsets: [Int64] = [0]

  init(capacity: Int, rows: Int) {
    indices.reserveCapacity(capacity)
    offsets.reserveCapacity(rows + 1)
  }

  /// Ends the bag that the indices since the last call belong to.
  mutating func close() { offsets.append(Int64(indices.count)) }

  /// The mean of each bag's rows of a table; zeros for an empty bag.
  func means(of table: Embedding) -> Tensor {
    let device = table.weight.device
    return table.bags(
      Tensor(indices, device: device), offsets: Tensor(offsets, device: device), reduction: .mean)
  }
}

extension Bags {
  /// One bag a user: the user, or nothing for an unknown one.
  init(_ users: [UserIndex?]) {
    self.init(capacity: users.count, rows: users.count)
    for user in users {
      if let user { indices.append(user.rawValue) }
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
