import CorralVectors

/// The best of a stream of scored items, unsorted until the end.
///
/// Scores above the worst kept one go into a buffer of twice the depth. When it is full, the better
/// half is selected and the bar rises, so that an item costs `O(1)` at any depth. Items are offered
/// in rising order; of equal scores the lower position came first, so that a later item must exceed
/// the bar. `-infinity` and `nan` never do.
struct TopList: ~Copyable {
  let depth: Int
  private let keys: UnsafeMutableBufferPointer<UInt64>
  private var count = 0
  private var bar = -Float.infinity

  init(depth: Int) {
    self.depth = depth
    keys = .allocate(capacity: 2 * depth)
  }

  deinit { keys.deallocate() }

  /// Forgets all items, for the next user.
  mutating func clear() {
    count = 0
    bar = -.infinity
  }

  /// Offers all items with their scores.
  mutating func offer(_ scores: UnsafeBufferPointer<Float>) {
    var bar = bar
    for index in 0..<scores.count where scores[index] > bar {
      keys[count] = TopK.key(scores[index], index)
      count += 1
      if count == keys.count {
        select()
        bar = self.bar
      }
    }
  }

  /// Appends the kept items, the best first, and returns their number, at most the depth.
  mutating func finish(into items: inout [Int32]) -> Int {
    if count > depth { select() }
    var kept = UnsafeMutableBufferPointer(rebasing: keys[..<count])
    kept.sort(by: >)
    for key in kept { items.append(Int32(truncatingIfNeeded: TopK.index(key))) }
    return count
  }

  /// Moves the `depth` best keys to the front and drops the others (quickselect).
  private mutating func select() {
    var low = 0
    var high = count - 1
    let last = depth - 1
    while low < high {
      let pivot = median(keys[low], keys[(low + high) / 2], keys[high])
      var left = low
      var right = high
      while left <= right {
        while keys[left] > pivot { left += 1 }
        while keys[right] < pivot { right -= 1 }
        if left <= right {
          keys.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if last <= right { high = right } else if last >= left { low = left } else { break }
    }
    count = depth
    bar = TopK.score(keys[last])
  }

  private func median(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 {
    max(min(a, b), min(max(a, b), c))
  }
}
