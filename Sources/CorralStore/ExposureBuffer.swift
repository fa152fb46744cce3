import Synchronization

/// The exposures that are held in memory until the next transaction.
final class ExposureBuffer: Sendable {
  private struct State {
    var exposures: [Exposure] = []
    var items = 0
    var dropped = 0
  }

  private let limit: Int
  private let state = Mutex(State())

  /// A buffer for exposures of `limit` items in all.
  init(limit: Int) { self.limit = limit }

  /// Whether nothing is held.
  var isEmpty: Bool { state.withLock { $0.exposures.isEmpty } }

  /// The exposures that are held, and those that were dropped so far.
  var counts: (waiting: Int, dropped: Int) { state.withLock { ($0.exposures.count, $0.dropped) } }

  /// Holds an exposure, or drops and counts it where there is no room.
  ///
  /// - Returns: whether it is the first that is held, and whether the buffer is half full.
  func add(_ exposure: Exposure) -> (isFirst: Bool, isUrgent: Bool) {
    state.withLock { state in
      hold(exposure, in: &state)
      return (state.exposures.count == 1, state.items > limit / 2)
    }
  }

  /// Everything that is held, which is held no longer.
  func take() -> [Exposure] {
    state.withLock { state in
      defer { (state.exposures, state.items) = ([], 0) }
      return state.exposures
    }
  }

  /// Holds exposures again, before those that came meanwhile.
  func putBack(_ exposures: [Exposure]) {
    state.withLock { state in
      let later = state.exposures
      (state.exposures, state.items) = ([], 0)
      for exposure in exposures + later { hold(exposure, in: &state) }
    }
  }

  /// Counts exposures as dropped.
  func drop(_ exposures: [Exposure]) { state.withLock { $0.dropped += exposures.count } }

  private func hold(_ exposure: Exposure, in state: inout State) {
    if state.items + exposure.items.count > limit {
      state.dropped += 1
    } else {
      state.exposures.append(exposure)
      // An answer without items takes room too.
      state.items += max(1, exposure.items.count)
    }
  }
}
