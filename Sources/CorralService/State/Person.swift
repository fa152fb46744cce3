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

  /// Learns from the event at a position of the log.
  ///
  /// Events that were sent at the same time may be heard in another order than that of the log.
  mutating func learn(_ key: LiveKey, _ meaning: EventMeaning, at position: Int64) {
    switch meaning {
    case .nothing: return
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
  }

  /// Says that no event before the last one is still to come.
  mutating func settle() { positions = [] }

  /// Adds a key, and drops the oldest ones once a quarter too many are there.
  private static func append(_ key: LiveKey, to keys: inout [LiveKey]) {
    keys.append(key)
    if keys.count > longestHistory + longestHistory / 4 {
      keys.removeFirst(keys.count - longestHistory)
    }
  }
}
