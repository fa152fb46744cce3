import Dispatch
import Foundation
import Synchronization

/// A bounded queue of requests that threads of its own answer in two stages, many together.
///
/// A request waits for a worker. The worker takes everything that waits, up to a batch, and asks the
/// first stage (retrieval), then the second (ranking) for all of it. Nothing waits for a batch to
/// fill. Callers suspend; no stage runs on Swift's cooperative threads or on those of a server. When
/// the soft deadline of a request comes, its caller is answered with what there is, though the stage
/// may be running: what retrieval found, or the fallback. What the stage finds later is dropped.
package final class AnswerQueue<Ask: Sendable, Found: Sendable, Reply: Sendable>: Sendable {
  /// What answers requests.
  package struct Stages: Sendable {
    /// Retrieval: a result for each request of a batch, in its order.
    package var find: @Sendable ([Ask]) -> [Result<Found, any Error>]
    /// Ranking: a result for each request of a batch, in its order.
    package var rank: @Sendable ([(ask: Ask, found: Found)]) -> [Result<Reply, any Error>]
    /// The answer of what retrieval found, when ranking is late; it runs in the caller's task.
    package var unranked: @Sendable (Ask, Found) throws -> Reply
    /// The answer when retrieval is late; it runs in the caller's task.
    package var fallback: @Sendable (Ask) throws -> Reply

    /// Two stages, and what stands in for them.
    package init(
      find: @escaping @Sendable ([Ask]) -> [Result<Found, any Error>],
      rank: @escaping @Sendable ([(ask: Ask, found: Found)]) -> [Result<Reply, any Error>],
      unranked: @escaping @Sendable (Ask, Found) throws -> Reply,
      fallback: @escaping @Sendable (Ask) throws -> Reply
    ) {
      self.find = find
      self.rank = rank
      self.unranked = unranked
      self.fallback = fallback
    }
  }

  /// What a caller gets.
  package struct Answered: Sendable {
    package var reply: Reply
    /// The stage that was late; `nil` where both were in time.
    package var degraded: Answer.Degradation?
    /// How long the request waited for a worker, in milliseconds.
    package var waited: Double
  }

  private let core: QueueCore<Ask, Found, Reply>

  /// Starts the threads of a queue.
  package init(
    _ settings: QueueSettings = QueueSettings(), clock: QueueClock = .system, stages: Stages
  ) {
    core = QueueCore(settings, clock: clock, stages: stages)
    core.start()
  }

  deinit { core.stop() }

  /// How many requests wait for a worker.
  package var waiting: Int { core.waiting }

  /// How many requests have not been answered, those that wait included.
  package var open: Int { core.open }

  /// Whether the queue takes no request any more.
  package var isClosed: Bool { core.isClosed }

  /// What became of the requests so far.
  package var counts: QueueCounts { core.counts }

  /// Waits for the answer to a request.
  ///
  /// A caller that is cancelled leaves the queue.
  ///
  /// - Parameters:
  ///   - ask: the request.
  ///   - deadline: the time within which the answer is wanted, in milliseconds; `nil` takes the
  ///     setting.
  /// - Returns: the reply, and which stage was too late for it.
  /// - Throws: `ServiceError.busy` for a full queue, `QueueClosed`, `CancellationError`, or what a
  ///   stage has thrown.
  package func answer(_ ask: Ask, deadline: Double? = nil) async throws -> Answered {
    let id = core.newID()
    let outcome = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { caller in
        core.enter(ask, id: id, caller: caller, deadline: deadline)
        // Cancelled between the handler's look and the entry: nobody else would take it out.
        if Task.isCancelled { core.cancel(id) }
      }
    } onCancel: {
      core.cancel(id)
    }
    let waited = Double(outcome.waited) / 1e6
    return switch outcome.result {
    case .ranked(let reply): Answered(reply: reply, degraded: nil, waited: waited)
    case .found(let found):
      Answered(
        reply: try core.stages.unranked(ask, found), degraded: .ranking, waited: waited)
    case .late:
      Answered(reply: try core.stages.fallback(ask), degraded: .retrieval, waited: waited)
    case .failed(let error): throw error
    }
  }

  /// Answers every request whose soft deadline has passed.
  ///
  /// The queue's own timer calls it, unless the clock is the caller's.
  package func expire() { core.expire() }

  /// Takes no request any more, and returns when all that were taken are answered and the workers
  /// have ended.
  package func close() async { await core.close() }
}

/// The time by which a queue decides what is late.
package enum QueueClock: Sendable {
  /// The monotonic clock of the system; the queue has a timer for its deadlines.
  case system
  /// A clock of the caller's, in nanoseconds, who also calls `expire`.
  case manual(@Sendable () -> Int)

  /// The time, in nanoseconds.
  var now: Int {
    switch self {
    case .system: Int(DispatchTime.now().uptimeNanoseconds)
    case .manual(let time): time()
    }
  }
}

/// The refusal of a queue that takes nothing any more.
package struct QueueClosed: Error, Equatable, CustomStringConvertible {
  /// The refusal.
  package init() {}

  /// What is wrong, and what to do.
  package var description: String { "the service is stopping; ask again when it runs" }
}
