import CorralService
import CorralVectors
import Foundation
import Synchronization
import Testing

struct `the queue of answers` {
  /// An hour: no deadline comes in a test that does not move the clock itself.
  private static let hour = 3_600_000.0

  @Test func `answers each caller with its own reply, many together`() async throws {
    var settings = QueueSettings()
    settings.limit = 5000
    settings.workers = 2
    settings.deadline = Self.hour
    let queue = AnswerQueue(settings, stages: .doubling())
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for ask in 0..<4000 {
        group.addTask {
          let answered = try await queue.answer(ask)
          return answered.reply == ask * 2 + 1 && answered.degraded == nil && answered.waited >= 0
        }
      }
      for try await isOwn in group { #expect(isOwn) }
    }
    #expect(queue.counts.answered == 4000)
    #expect(queue.open == 0)
    await queue.close()
  }

  @Test func `takes everything that waits at once, up to a batch`() async throws {
    let gate = StageGate()
    let batches = Mutex<[Int]>([])
    let stages = AnswerQueue<Int, Int, Int>.Stages.doubling(beforeFinding: { asks in
      batches.withLock { $0.append(asks.count) }
      gate.pass()
    })
    var settings = QueueSettings()
    settings.batch = 8
    settings.deadline = Self.hour
    let queue = AnswerQueue(settings, stages: stages)
    let first = Task { try await queue.answer(0) }
    await until { gate.waiting == 1 }
    let others = (1...20).map { ask in Task { try await queue.answer(ask) } }
    await until { queue.waiting == 20 }
    gate.open()
    for task in [first] + others { _ = try await task.value }
    #expect(batches.withLock { $0 } == [1, 8, 8, 4])
    await queue.close()
  }

  @Test func `answers without retrieval while it is still running`() async throws {
    let (clock, gate) = (TestClock(), StageGate())
    let stages = AnswerQueue<Int, Int, Int>.Stages.doubling(beforeFinding: { _ in gate.pass() })
    let queue = AnswerQueue(QueueSettings(), clock: clock.manual, stages: stages)
    let running = Task { try await queue.answer(1) }
    await until { gate.waiting == 1 }
    let waiting = Task { try await queue.answer(2, deadline: 100) }
    await until { queue.waiting == 1 }
    clock.milliseconds = 69.9
    queue.expire()
    #expect(queue.open == 2, "70% of no deadline is gone")
    clock.milliseconds = 70
    queue.expire()
    let unseen = try await waiting.value
    #expect(unseen.reply == -2 && unseen.degraded == .retrieval && unseen.waited == 70)
    #expect(queue.waiting == 0)
    clock.milliseconds = 140
    queue.expire()
    let late = try await running.value
    #expect(late.reply == -1 && late.degraded == .retrieval && late.waited == 0)
    gate.open()
    await queue.close()
    #expect(queue.counts.dropped == 1, "what retrieval found at last")
    #expect(queue.counts.withoutRetrieval == 2)
  }

  @Test func `answers what retrieval found when ranking is late`() async throws {
    let (clock, gate) = (TestClock(), StageGate())
    let stages = AnswerQueue<Int, Int, Int>.Stages.doubling(beforeRanking: { gate.pass() })
    let queue = AnswerQueue(QueueSettings(), clock: clock.manual, stages: stages)
    let task = Task { try await queue.answer(7) }
    await until { gate.waiting == 1 }
    clock.milliseconds = 140
    queue.expire()
    let answered = try await task.value
    #expect(answered.reply == 14 && answered.degraded == .ranking)
    gate.open()
    await queue.close()
    #expect(queue.counts.withoutRanking == 1 && queue.counts.dropped == 1)
  }

  @Test func `has a timer of its own on the system's clock`() async throws {
    let gate = StageGate()
    let stages = AnswerQueue<Int, Int, Int>.Stages.doubling(beforeFinding: { _ in gate.pass() })
    let queue = AnswerQueue(QueueSettings(), stages: stages)
    // It keeps the only worker from all others, and the timer sleeps for an hour because of it.
    async let held = queue.answer(0, deadline: Self.hour)
    await until { gate.waiting == 1 }
    // Each deadline is before the one that the timer sleeps for.
    async let slow = queue.answer(1, deadline: 30)
    async let fast = queue.answer(2, deadline: 1)
    #expect(try await fast.degraded == .retrieval)
    #expect(try await slow.degraded == .retrieval)
    gate.open()
    #expect(try await held.degraded == nil)
    await queue.close()
  }

  @Test func `refuses a request when the line is full`() async throws {
    let gate = StageGate()
    let stages = AnswerQueue<Int, Int, Int>.Stages.doubling(beforeFinding: { _ in gate.pass() })
    var settings = QueueSettings()
    settings.limit = 3
    settings.deadline = Self.hour
    let queue = AnswerQueue(settings, stages: stages)
    let first = Task { try await queue.answer(0) }
    await until { gate.waiting == 1 }
    let others = (1...3).map { ask in Task { try await queue.answer(ask) } }
    await until { queue.waiting == 3 }
    let error = await #expect(throws: ServiceError.self) { try await queue.answer(4) }
    guard case .busy(let seconds) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect((1...60).contains(seconds))
    gate.open()
    for task in [first] + others { #expect(try await task.value.degraded == nil) }
    #expect(queue.counts.refused == 1)
    await queue.close()
  }

  @Test func `answers what it took when it closes, and takes nothing more`() async throws {
    let gate = StageGate()
    let stages = AnswerQueue<Int, Int, Int>.Stages.doubling(beforeFinding: { _ in gate.pass() })
    var settings = QueueSettings()
    settings.batch = 2
    settings.deadline = Self.hour
    let queue = AnswerQueue(settings, stages: stages)
    let tasks = (0..<9).map { ask in Task { try await queue.answer(ask).reply } }
    await until { queue.open == 9 }
    async let closing: Void = queue.close()
    await until { queue.isClosed }
    await #expect(throws: QueueClosed()) { try await queue.answer(9) }
    gate.open()
    await closing
    #expect(queue.open == 0)
    for (ask, task) in tasks.enumerated() { #expect(try await task.value == ask * 2 + 1) }
    await queue.close()
  }

  @Test func `lets a cancelled caller leave the line`() async throws {
    let gate = StageGate()
    let met = Mutex<[Int]>([])
    let stages = AnswerQueue<Int, Int, Int>.Stages.doubling(beforeFinding: { asks in
      met.withLock { $0 += asks }
      gate.pass()
    })
    var settings = QueueSettings()
    settings.deadline = Self.hour
    let queue = AnswerQueue(settings, stages: stages)
    let running = Task { try await queue.answer(0) }
    await until { gate.waiting == 1 }
    let tasks = (1...3).map { ask in Task { try await queue.answer(ask) } }
    await until { queue.waiting == 3 }
    tasks[1].cancel()
    await #expect(throws: CancellationError.self) { try await tasks[1].value }
    #expect(queue.waiting == 2)
    running.cancel()
    await #expect(throws: CancellationError.self) { try await running.value }
    let before = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await queue.answer(4)
    }
    await #expect(throws: CancellationError.self) { try await before.value }
    gate.open()
    for task in [tasks[0], tasks[2]] { _ = try await task.value }
    #expect(Set(met.withLock { $0 }) == [0, 1, 3])
    #expect(queue.counts.cancelled == 3)
    await queue.close()
  }

  @Test func `throws what a stage says of one request, and answers the others`() async throws {
    var stages = AnswerQueue<Int, Int, Int>.Stages.doubling()
    stages.find = { $0.map { $0 == 3 ? .failure(ServiceError.notFound("3")) : .success($0 * 2) } }
    stages.rank = {
      $0.map { $0.ask == 5 ? .failure(ServiceError.notFound("5")) : .success($0.found + 1) }
    }
    var settings = QueueSettings()
    settings.deadline = Self.hour
    let queue = AnswerQueue(settings, stages: stages)
    for ask in 0..<8 {
      if [3, 5].contains(ask) {
        await #expect(throws: ServiceError.notFound("\(ask)")) { try await queue.answer(ask) }
      } else {
        #expect(try await queue.answer(ask).reply == ask * 2 + 1)
      }
    }
    await queue.close()
  }

  @Test func `answers once whatever the threads do while the clock runs`() async throws {
    let clock = TestClock()
    let draws = Mutex(SeededGenerator(seed: 3))
    let sleep: @Sendable () -> Void = { usleep(UInt32(draws.withLock { $0.next(below: 300) })) }
    let stages = AnswerQueue<Int, Int, Int>.Stages.doubling(
      beforeFinding: { _ in sleep() }, beforeRanking: sleep)
    var settings = QueueSettings()
    settings.workers = 2
    settings.limit = 200
    let queue = AnswerQueue(settings, clock: clock.manual, stages: stages)
    let ticking = Task {
      while !Task.isCancelled {
        clock.milliseconds += 20
        queue.expire()
        try? await Task.sleep(for: .microseconds(100))
      }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for ask in 1...3000 {
        group.addTask {
          do {
            let answered = try await queue.answer(ask)
            let own =
              switch answered.degraded {
              case nil: ask * 2 + 1
              case .ranking: ask * 2
              case .retrieval: -ask
              }
            #expect(answered.reply == own)
          } catch ServiceError.busy {
          }
        }
        if ask % 7 == 0 {
          let task = Task { try? await queue.answer(ask) }
          task.cancel()
        }
      }
      try await group.waitForAll()
    }
    await until { queue.open == 0 }
    ticking.cancel()
    await queue.close()
    let counts = queue.counts
    #expect(
      counts.accepted == counts.answered + counts.withoutRanking + counts.withoutRetrieval
        + counts.cancelled)
  }
}
