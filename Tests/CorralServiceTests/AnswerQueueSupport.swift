import CorralService
import Dispatch
import Synchronization

extension AnswerQueue.Stages where Ask == Int, Found == Int, Reply == Int {
  /// Retrieval doubles, ranking adds one, and the fallback is the negative; a test may do something
  /// before both.
  static func doubling(
    beforeFinding: @escaping @Sendable ([Int]) -> Void = { _ in },
    beforeRanking: @escaping @Sendable () -> Void = {}
  ) -> Self {
    Self(
      find: { asks in
        beforeFinding(asks)
        return asks.map { .success($0 * 2) }
      },
      rank: { pairs in
        beforeRanking()
        return pairs.map { .success($0.found + 1) }
      }, unranked: { $1 }, fallback: { -$0 })
  }
}

/// Where stages wait until a test lets them go on.
final class StageGate: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)
  private let counter = Atomic<Int>(0)

  /// How many have come to the gate.
  var waiting: Int { counter.load(ordering: .sequentiallyConsistent) }

  func pass() {
    counter.add(1, ordering: .sequentiallyConsistent)
    semaphore.wait()
    semaphore.signal()
  }

  func open() { semaphore.signal() }
}

/// A clock that a test moves.
final class TestClock: Sendable {
  private let time = Mutex(0.0)

  var milliseconds: Double {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }

  var manual: QueueClock { .manual { Int(self.milliseconds * 1e6) } }
}

/// Waits for a condition.
func until(_ condition: () async -> Bool) async {
  while !(await condition()) { try? await Task.sleep(for: .microseconds(200)) }
}
