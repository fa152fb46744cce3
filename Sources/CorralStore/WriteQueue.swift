import Dispatch
import GRDB
import Synchronization

/// The one writer of a store: whatever waits is written in one transaction, and each who waits goes on
/// after its commit.
///
/// So a hundred senders at once cost one wait for the disk, and a single one waits for nobody.
final class WriteQueue: Sendable {
  /// Something to write.
  private struct Job: Sendable {
    /// The number of events in it.
    let weight: Int
    /// Writes within the open transaction; what it returns is called after the commit.
    let write: @Sendable (Database) throws -> @Sendable () -> Void
    /// What is called if it was not written.
    let fail: @Sendable (any Error) -> Void
  }

  private struct State {
    var jobs: [Job] = []
    var weight = 0
    var isRunning = false
    var isClosed = false
    var commits = 0
  }

  private let pool: DatabasePool
  private let path: String
  private let limit: Int
  /// What every transaction writes besides.
  private let buffer: ExposureBuffer
  private let queue = DispatchQueue(label: "corral.store")
  private let state = Mutex(State())

  /// A queue for `limit` events over a pool.
  init(_ pool: DatabasePool, path: String, limit: Int, buffer: ExposureBuffer) {
    self.pool = pool
    self.path = path
    self.limit = limit
    self.buffer = buffer
  }

  /// The number of events that wait or are being written, and the number of transactions so far.
  var counts: (waiting: Int, commits: Int) { state.withLock { ($0.weight, $0.commits) } }

  /// Whether nothing is taken any more.
  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Writes in the next transaction; returns after its commit.
  ///
  /// When a transaction fails each of its parts is tried alone, so `body` may run twice, and only the
  /// last run counts.
  ///
  /// - Throws: `StoreError`; then nothing of it is written.
  func write<Value: Sendable>(
    weight: Int = 1, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let job = Job(
        weight: weight,
        write: { db in
          let value = try body(db)
          return { continuation.resume(returning: value) }
        },
        fail: { continuation.resume(throwing: $0) })
      let refusal: StoreError? = state.withLock { state in
        if state.isClosed { return .closed(path: path) }
        if state.weight > 0 && state.weight + weight > limit { return .full }
        state.jobs.append(job)
        state.weight += weight
        start(&state)
        return nil
      }
      if let refusal { continuation.resume(throwing: refusal) }
    }
  }

  /// Writes the exposures that are held, without waiting for it.
  func flush() {
    state.withLock { if !$0.isClosed { start(&$0) } }
  }

  /// Writes the exposures that are held after some seconds, if nothing takes them along before.
  func flush(after seconds: Double) {
    queue.asyncAfter(deadline: .now() + seconds) { [weak self] in self?.flush() }
  }

  /// Writes everything that waits, and refuses whatever comes later; `false` if it does so already.
  func close() -> Bool {
    let isFirst = state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
    if isFirst { queue.sync { drain() } }
    return isFirst
  }

  private func start(_ state: inout State) {
    if state.isRunning { return }
    state.isRunning = true
    queue.async { self.drain() }
  }

  /// Writes until nothing waits.
  private func drain() {
    while true {
      let jobs = state.withLock { state in
        defer { state.jobs = [] }
        state.isRunning = !state.jobs.isEmpty || !buffer.isEmpty
        return state.isRunning ? state.jobs : nil
      }
      guard let jobs else { return }
      let exposures = buffer.take()
      do {
        try commit(jobs, exposures)
      } catch {
        recover(jobs, exposures, from: StoreError(error, path: path))
        // What is put back is tried again with the next write, not at once.
        let isIdle = state.withLock { state in
          state.isRunning = !state.jobs.isEmpty
          return !state.isRunning
        }
        if isIdle { return }
      }
    }
  }

  /// Writes jobs and exposures in one transaction.
  private func commit(_ jobs: [Job], _ exposures: [Exposure]) throws {
    let answers = try pool.write { db in
      var writer = try ExposureWriter(db)
      try writer.write(exposures)
      return try jobs.map { try $0.write(db) }
    }
    state.withLock { state in
      state.commits += 1
      state.weight -= jobs.reduce(0) { $0 + $1.weight }
    }
    for answer in answers { answer() }
  }

  /// Gives jobs that failed together their errors, or writes them apart if one of them may be why.
  private func recover(_ jobs: [Job], _ exposures: [Exposure], from error: StoreError) {
    switch error {
    case .failed, .invalid: break
    default:
      buffer.putBack(exposures)
      for job in jobs { fail(job, error) }
      return
    }
    if !exposures.isEmpty {
      do { try commit([], exposures) } catch { buffer.drop(exposures) }
    }
    for job in jobs {
      do { try commit([job], []) } catch { fail(job, StoreError(error, path: path)) }
    }
  }

  private func fail(_ job: Job, _ error: StoreError) {
    state.withLock { $0.weight -= job.weight }
    job.fail(error)
  }
}
