/// The ids of the requests that wait, the first one first.
///
/// Some leave from the middle. Their places are cleared when the line comes to them, or when there
/// are more empty places than others, so that the memory follows the number that waits.
struct RequestLine: Sendable {
  private var ids: [UInt64] = []
  private var head = 0
  /// How many requests wait.
  private(set) var count = 0

  /// How many places it holds, the empty ones included.
  var places: Int { ids.count }

  /// Puts a request at the end.
  mutating func append(_ id: UInt64) {
    ids.append(id)
    count += 1
  }

  /// Takes the first requests that are still among the unanswered ones, at most `most`.
  mutating func removeFirst<Entry>(_ most: Int, among unanswered: [UInt64: Entry]) -> [UInt64] {
    var first: [UInt64] = []
    first.reserveCapacity(min(most, count))
    while first.count < most, head < ids.count {
      if unanswered[ids[head]] != nil { first.append(ids[head]) }
      head += 1
    }
    count -= first.count
    if 2 * head > ids.count {
      ids.removeFirst(head)
      head = 0
    }
    return first
  }

  /// Notes that a request has left: it is not among the unanswered ones any more.
  mutating func leave<Entry>(_ unanswered: [UInt64: Entry]) {
    count -= 1
    if ids.count - head > 2 * count + 64 {
      ids = ids[head...].filter { unanswered[$0] != nil }
      head = 0
    }
  }
}
