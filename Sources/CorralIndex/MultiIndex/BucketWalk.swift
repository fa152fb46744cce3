/// Pairs of positions in two lists of falling scores, in order of falling sums: the multi-sequence
/// algorithm (Babenko and Lempitsky, 2012).
///
/// Waiting pairs are in a heap; `(i, j)` lets in `(i, j + 1)` and, at the head of its row,
/// `(i + 1, 0)`, so every pair waits exactly once and at most one a row.
struct BucketWalk: Sequence, IteratorProtocol {
  private struct Waiting {
    let sum: Float
    let left: Int
    let right: Int
  }

  private let lefts: [Float]
  private let rights: [Float]
  private var heap: [Waiting] = []

  /// A walk over the sums of two lists that are sorted, the largest first.
  init(_ lefts: [Float], _ rights: [Float]) {
    self.lefts = lefts
    self.rights = rights
    push(0, 0)
  }

  mutating func next() -> (left: Int, right: Int)? {
    guard let best = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty { sink(last) }
    if best.right == 0 { push(best.left + 1, 0) }
    push(best.left, best.right + 1)
    return (best.left, best.right)
  }

  private mutating func push(_ left: Int, _ right: Int) {
    guard left < lefts.count, right < rights.count else { return }
    let waiting = Waiting(sum: lefts[left] + rights[right], left: left, right: right)
    heap.append(waiting)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard waiting.sum > heap[parent].sum else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = waiting
  }

  private mutating func sink(_ waiting: Waiting) {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].sum > heap[child].sum { child += 1 }
      guard heap[child].sum > waiting.sum else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = waiting
  }
}
