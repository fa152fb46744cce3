import CorralData
import Torch

/// The last items of some histories, one history after the other, without padding.
///
/// Places are counted from the end: the last item of every history has the last of the learned
/// positions, however long the history is (Kang and McAuley, 2018).
struct PackedHistories {
  /// The items of all histories.
  var items: [ItemIndex] = []
  /// History i is `items[offsets[i]..<offsets[i + 1]]`.
  var offsets = [0]
  /// The number of items after each item in its history.
  var ages: [Int32] = []

  /// At most `length` last items of each history.
  init(_ histories: Ragged<ItemIndex>, length: Int) {
    items.reserveCapacity(min(histories.values.count, histories.count * length))
    ages.reserveCapacity(items.capacity)
    offsets.reserveCapacity(histories.count + 1)
    for row in 0..<histories.count {
      let history = histories[row].suffix(length)
      items += history
      for age in (0..<history.count).reversed() { ages.append(Int32(age)) }
      offsets.append(items.count)
    }
  }

  /// All items of some histories; traps if one is longer than `length`, as training needs every
  /// item.
  init(whole histories: Ragged<ItemIndex>, length: Int) {
    self.init(histories, length: length)
    guard items.count == histories.values.count else {
      fatalError("a training history has more than the \(length) items that the retriever sees")
    }
  }

  /// The number of items.
  var count: Int { items.count }

  /// The rows of the last item of each history, `[histories, d]`, out of those of all items,
  /// `[items, d]`; zeros for an empty history.
  func last(of states: Tensor) -> Tensor {
    let filled = (0..<offsets.count - 1).filter { offsets[$0] < offsets[$0 + 1] }
    let places = Tensor(filled.map { offsets[$0 + 1] - 1 }, device: states.device)
    let last = states.indexSelect(0, places)
    guard filled.count < offsets.count - 1 else { return last }
    return Tensor.zeros([offsets.count - 1, states.size(1)], device: states.device)
      .indexAdd(0, Tensor(filled, device: states.device), last)
  }
}
