import Dispatch
import Synchronization

/// Counts who uses the database of a store, so that its end waits for them and nobody begins after it.
///
/// GRDB lets a pool be closed by one thread only while no other begins to read.
final class ReadingGate: Sendable {
  private struct State {
    var inside = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  private let last = DispatchSemaphore(value: 0)

  /// Lets somebody in, who must call `leave` at the end; `false` once the gate is closed.
  func enter() -> Bool {
    state.withLock { state in
      if !state.isClosed { state.inside += 1 }
      return !state.isClosed
    }
  }

  /// Lets somebody out who was let in.
  func leave() {
    let isLast = state.withLock { state in
      state.inside -= 1
      return state.isClosed && state.inside == 0
    }
    if isLast { last.signal() }
  }

  /// Lets nobody in any more, and blocks until everybody is out; called once.
  func close() {
    let isEmpty = state.withLock { state in
      state.isClosed = true
      return state.inside == 0
    }
    if !isEmpty { last.wait() }
  }
}
