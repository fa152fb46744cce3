import Dispatch
import Foundation
import Synchronization

/// What the threads of an `AnswerQueue` share.
///
/// Threads hold this and not the queue, so that a queue nobody has any more ends its threads.
final class QueueCore<Ask: Sendable, Found: Sendable, Reply: Sendable>: Sendable {
  typealias Board = RequestBoard<Ask, Found, Reply, Caller>
  typealias Caller = CheckedContinuation<QueueOutcome<Found, Reply>, any Error>

  private struct State {
    var board: Board
    var isClosed = false
    /// Workers that sleep.
    var sleeping = 0
    /// Workers that have been woken and have not looked yet.
    var waking = 0
    var workers: Int
    /// The time until which the timer sleeps, `Int.max` without a request; `nil` once it is woken.
    var alarm: Int?
    /// Those who wait for the last worker to end.
    var closers: [CheckedContinuation<Void, Never>] = []

    /// Whether to wake a worker: one sleeps, and those that wake cannot take all that waits.
    mutating func wakesWorker(batch: Int) -> Bool {
      guard sleeping > 0, board.waiting > waking * batch else { return false }
      sleeping -= 1
      waking += 1
      return true
    }
  }

  let stages: AnswerQueue<Ask, Found, Reply>.Stages
  private let settings: QueueSettings
  private let clock: QueueClock
  private let state: Mutex<State>
  private let lastID = Atomic<UInt64>(0)
  private let work = DispatchSemaphore(value: 0)
  private let timer = DispatchSemaphore(value: 0)

  init(
    _ settings: QueueSettings, clock: QueueClock, stages: AnswerQueue<Ask, Found, Reply>.Stages
  ) {
    precondition(settings.batch > 0 && settings.workers > 0, "a queue needs a batch and a worker")
    self.settings = settings
    self.clock = clock
    self.stages = stages
    state = Mutex(State(board: Board(limit: settings.limit), workers: settings.workers))
  }

  var waiting: Int { state.withLock { $0.board.waiting } }
  var open: Int { state.withLock { $0.board.open } }
  var isClosed: Bool { state.withLock { $0.isClosed } }
  var counts: QueueCounts { state.withLock { $0.board.counts } }

  func newID() -> UInt64 { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

  /// Starts the workers and, for the system's clock, the timer.
  func start() {
    for number in 1...settings.workers {
      thread("corral-answers-\(number)") { [self] in serve() }
    }
    if case .system = clock { thread("corral-deadlines") { [self] in watch() } }
  }

  /// Puts a request in the line, or resumes its caller with the reason why not.
  func enter(_ ask: Ask, id: UInt64, caller: Caller, deadline: Double?) {
    let now = clock.now
    let soft = settings.softDeadline(arrived: now, deadline: deadline)
    typealias Wakes = (worker: Bool, timer: Bool)
    let entry = state.withLock { state -> Result<Wakes, any Error> in
      if state.isClosed { return .failure(QueueClosed()) }
      guard state.board.enter(ask, id: id, caller: caller, now: now, deadline: soft) else {
        return .failure(ServiceError.busy(retryAfter: state.board.retryAfter(now: now)))
      }
      let wakesWorker = state.wakesWorker(batch: settings.batch)
      let wakesTimer = state.alarm.map { soft < $0 } ?? false
      if wakesTimer { state.alarm = nil }
      return .success((wakesWorker, wakesTimer))
    }
    switch entry {
    case .failure(let error): caller.resume(throwing: error)
    case .success(let wakes):
      if wakes.worker { work.signal() }
      if wakes.timer { timer.signal() }
    }
  }

  /// Takes a request out; does nothing for one that was answered.
  func cancel(_ id: UInt64) {
    let now = clock.now
    state.withLock { $0.board.cancel(id, now: now) }?.resume(throwing: CancellationError())
  }

  /// Answers what is late.
  func expire() {
    let now = clock.now
    deliver(state.withLock { $0.board.expire(now: now) })
  }

  /// Takes nothing any more; the workers end when the line is empty.
  func stop() {
    let sleeping = state.withLock { state -> Int in
      state.isClosed = true
      defer { (state.waking, state.sleeping) = (state.waking + state.sleeping, 0) }
      return state.sleeping
    }
    for _ in 0..<sleeping { work.signal() }
    timer.signal()
  }

  /// Stops, and waits for the workers.
  func close() async {
    stop()
    await withCheckedContinuation { closer in
      let isDone = state.withLock { state in
        if state.workers > 0 { state.closers.append(closer) }
        return state.workers == 0
      }
      if isDone { closer.resume() }
    }
  }

  /// The life of a worker.
  private func serve() {
    while let batch = nextBatch() {
      if !batch.isEmpty { answer(batch) }
    }
    let closers = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.workers -= 1
      return state.workers == 0 ? state.closers : []
    }
    timer.signal()
    for closer in closers { closer.resume() }
  }

  private enum Next {
    case batch([Board.Taken], late: [Board.Delivery], wakesAnother: Bool)
    case sleep, end
  }

  /// What waits, up to a batch; `nil` when nothing will come.
  ///
  /// It sleeps while nothing waits.
  private func nextBatch() -> [Board.Taken]? {
    var hasWoken = false
    while true {
      let now = clock.now
      let next = state.withLock { state -> Next in
        if hasWoken { state.waking -= 1 }
        let late = state.board.expire(now: now)
        let batch = state.board.take(settings.batch, now: now)
        if !batch.isEmpty || !late.isEmpty {
          return .batch(
            batch, late: late, wakesAnother: state.wakesWorker(batch: settings.batch))
        }
        if state.isClosed { return .end }
        state.sleeping += 1
        return .sleep
      }
      switch next {
      case .batch(let batch, let late, let wakesAnother):
        if wakesAnother { work.signal() }
        deliver(late)
        return batch
      case .sleep:
        work.wait()
        hasWoken = true
      case .end: return nil
      }
    }
  }

  /// Answers a batch, stage by stage.
  private func answer(_ batch: [Board.Taken]) {
    let found = stages.find(batch.map { $0.ask })
    precondition(found.count == batch.count, "retrieval answers every request of its batch")
    var failed: [Board.Delivery] = []
    var ranked: [(id: UInt64, pair: (ask: Ask, found: Found))] = []
    state.withLock { state in
      for (taken, result) in zip(batch, found) {
        switch result {
        case .success(let found):
          if state.board.note(found, for: taken.id) {
            ranked.append((taken.id, (taken.ask, found)))
          }
        case .failure(let error):
          if let delivery = state.board.finish(taken.id, .failure(error)) {
            failed.append(delivery)
          }
        }
      }
    }
    deliver(failed)
    if ranked.isEmpty { return }
    let replies = stages.rank(ranked.map { $0.pair })
    precondition(replies.count == ranked.count, "ranking answers every request of its batch")
    deliver(
      state.withLock { state in
        zip(ranked, replies).compactMap { state.board.finish($0.id, $1) }
      })
  }

  /// The life of the timer: it sleeps until the first deadline, however many there are.
  private func watch() {
    while true {
      expire()
      let alarm = state.withLock { state -> Int? in
        if state.isClosed, state.workers == 0 { return nil }
        state.alarm = state.board.nextDeadline ?? .max
        return state.alarm
      }
      guard let alarm else { return }
      _ = timer.wait(
        timeout: alarm == .max ? .distantFuture : DispatchTime(uptimeNanoseconds: UInt64(alarm)))
    }
  }

  private func deliver(_ deliveries: [Board.Delivery]) {
    for delivery in deliveries { delivery.caller.resume(returning: delivery.outcome) }
  }

  private func thread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    thread.stackSize = 8 << 20
    thread.start()
  }
}
