import CorralStore
import CorralVectors

/// What a service remembers of one user while it runs.
struct Person: Sendable {
  /// The most items of a history that are kept; older ones may be recommended again.
  static let longestHistory = 10_000
  /// How many of the last events are kept in the order of the log, whoever is heard first.
  private static let reordered = 16

  /// The items that the user met, in the order of the log.
  private(set) var history: [LiveKey] = []
  /// The items that the user does not want.
  ///
  /// They are left out, and no model reads them.
  private(set) var disliked: [LiveKey] = []
  /// The positions in the log of the last items of the history.
  private var positions: [Int64] = []
  /// The last position that was learned from; 0 before the first.
  private(set) var last: Int64 = 0
  /// The position of the log up to which everything is known.
  private var through: Int64 = 0
  /// Whether events of the user were deleted one by one: what a model saved of the history may hold
  /// them still, and is not used.
  private(set) var isPruned = false

  /// Whether there are events of the user, or were some that were deleted one by one.
  var isKnown: Bool { last > 0 || isPruned }

  /// Somebody of whom nothing is known.
  init() {}

  /// Somebody of whom the log was read whole.
  init(_ log: Store.UserLog, meet: (String) -> LiveKey, meaning: (String) -> EventMeaning) {
    for stored in log.events {
      learn(meet(stored.event.item), meaning(stored.event.type), at: stored.position)
    }
    settle(through: log.through, isPruned: log.isPruned)
  }

  /// Learns from the event at a position of the log; `false` if it is known already, or was deleted.
  ///
  /// Events that were sent at the same time may be heard in another order than that of the log.
  @discardableResult
  mutating func learn(_ key: LiveKey, _ meaning: EventMeaning, at position: Int64) -> Bool {
    if position <= through { return false }
    last = max(last, position)
    switch meaning {
    case .nothing: break
    case .disliked: Self.append(key, to: &disliked)
    case .met:
      if let last = positions.last, position < last {
        let place = positions.partitioningIndex { $0 > position }
        history.insert(key, at: history.count - (positions.count - place))
        positions.insert(position, at: place)
      } else {
        Self.append(key, to: &history)
        positions.append(position)
      }
      if positions.count > 2 * Self.reordered {
        positions.removeFirst(positions.count - Self.reordered)
      }
    }
    return true
  }

  /// Says that everything up to a position of the log is known, and whether some of it was deleted.
  mutating func settle(through position: Int64, isPruned: Bool) {
    positions = []
    through = position
    self.isPruned = isPruned
  }

  /// Adds a key, and drops the oldest ones once a quarter too many are there.
  private static func append(_ key: LiveKey, to keys: inout [LiveKey]) {
    keys.append(key)
    if keys.count > longestHistory + longestHistory / 4 {
      keys.removeFirst(keys.count - longestHistory)
    }
  }
}
