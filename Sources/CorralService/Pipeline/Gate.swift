import CorralServing
import CorralVectors

/// Which items one request may get, whatever source they come from.
struct Gate: Sendable {
  /// The items that nobody may get now.
  let blocked: KeySet
  /// The sets of the filter's conditions: an item must be in all of them.
  let conditions: [KeySet]
  /// The items that are left out for this request, each once, in rising order.
  let leftOut: [LiveKey]

  /// A gate that leaves out some items, in any order.
  init(blocked: KeySet, conditions: [KeySet], leavingOut keys: [LiveKey]) {
    self.blocked = blocked
    self.conditions = conditions
    leftOut = RadixSort.distinct(keys.lazy.map(\.rawValue)).map { LiveKey(Int($0)) }
  }

  /// Whether an item may be recommended.
  func allows(_ key: LiveKey) -> Bool {
    if blocked.contains(key) { return false }
    for set in conditions where !set.contains(key) { return false }
    let place = leftOut.partitioningIndex { $0 >= key }
    return place == leftOut.count || leftOut[place] != key
  }
}
