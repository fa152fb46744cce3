import CorralData
import CorralVectors
import Synchronization

/// The ids of a vocabulary in the order of their bytes, sorted when they are first asked for.
final class SortedIDs: Sendable {
  private let vocabulary: Vocabulary
  private let order = Mutex<[Int32]?>(nil)

  /// The ids of a vocabulary, not sorted yet.
  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// Some ids that come after one of them, or the first ones.
  func after(_ id: String?, limit: Int) -> [String] {
    let order = sorted()
    let start = id.map { id in
      let id = Array(id.utf8)
      return order.partitioningIndex { place in
        vocabulary.texts.withBytes(at: Int(place)) { id.lexicographicallyPrecedes($0) }
      }
    }
    return order[(start ?? 0)...].prefix(limit).map { vocabulary[Int($0)] }
  }

  private func sorted() -> [Int32] {
    order.withLock { order in
      if let order { return order }
      let texts = vocabulary.texts
      let sorted = (0..<Int32(texts.count)).sorted { left, right in
        texts.withBytes(at: Int(left)) { left in
          texts.withBytes(at: Int(right)) { left.lexicographicallyPrecedes($0) }
        }
      }
      order = sorted
      return sorted
    }
  }
}
