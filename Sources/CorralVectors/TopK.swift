/// A position and the score it was given.
package struct ScoredIndex: Sendable, Hashable {
  /// The position.
  package var index: Int
  /// Its score.
  package var score: Float

  /// A position with its score.
  package init(index: Int, score: Float) {
    self.index = index
    self.score = score
  }
}

/// Keeps the `count` best of a stream of scored positions.
///
/// A position that is kept costs `O(log count)`, any other `O(1)`.
///
/// The higher score comes first; of equal scores, the lower position. `nan` and minus infinity,
/// which marks what is masked, are never kept. Positions are below 2^32.
package struct TopK: Sendable {
  /// How many positions are kept at most.
  package let count: Int
  // Keys in which a larger number is a better candidate, as a heap with the worst at the root.
  private var heap: [UInt64] = []

  /// A selection of the `count` best.
  package init(_ count: Int) {
    self.count = max(0, count)
    heap.reserveCapacity(min(self.count, 4096))
  }

  /// The worst score that is kept once the selection is full, and minus infinity before that.
  ///
  /// A lower score can be dropped without asking.
  package var threshold: Float {
    heap.count < count ? -.infinity : heap.first.map(Self.score) ?? .infinity
  }

  /// Offers one position.
  package mutating func insert(_ index: Int, score: Float) {
    guard score > -.infinity else { return }
    let key = Self.key(score, index)
    if heap.count < count {
      heap.append(key)
      siftUp()
    } else if let worst = heap.first, key > worst {
      heap[0] = key
      siftDown()
    }
  }

  /// Offers consecutive positions, from `first` on, with their scores.
  package mutating func insert(contentsOf scores: some Sequence<Float>, from first: Int = 0) {
    var index = first
    var bound = threshold
    for score in scores {
      if score >= bound {
        insert(index, score: score)
        bound = threshold
      }
      index += 1
    }
  }

  /// Offers what another selection kept.
  package mutating func merge(_ other: TopK) {
    for key in other.heap { insert(Self.index(key), score: Self.score(key)) }
  }

  /// What was kept, the best first.
  package func sorted() -> [ScoredIndex] {
    heap.sorted(by: >).map { ScoredIndex(index: Self.index($0), score: Self.score($0)) }
  }

  /// The `count` best of an array of scores, the best first.
  package static func select(_ count: Int, from scores: some Sequence<Float>) -> [ScoredIndex] {
    var best = TopK(count)
    best.insert(contentsOf: scores)
    return best.sorted()
  }

  /// A number that orders candidates as the rule says: the score's bits, made to rise with the
  /// score, above the position's, made to fall.
  package static func key(_ score: Float, _ index: Int) -> UInt64 {
    let bits = (score + 0).bitPattern  // + 0 makes a negative zero positive
    let rising = bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
    return UInt64(rising) << 32 | UInt64(~UInt32(truncatingIfNeeded: index))
  }

  package static func score(_ key: UInt64) -> Float {
    let rising = UInt32(key >> 32)
    return Float(bitPattern: rising & 0x8000_0000 != 0 ? rising & 0x7FFF_FFFF : ~rising)
  }

  package static func index(_ key: UInt64) -> Int {
    Int(~UInt32(truncatingIfNeeded: key))
  }

  private mutating func siftUp() {
    var child = heap.count - 1
    let key = heap[child]
    while child > 0 {
      let parent = (child - 1) / 2
      guard key < heap[parent] else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = key
  }

  private mutating func siftDown() {
    var parent = 0
    let key = heap[parent]
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < key else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = key
  }
}
