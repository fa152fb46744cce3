import CorralData
import CorralStreaming
import CorralTraining
import CorralVectors

extension Learner {
  /// When a learner stops by itself.
  package enum End: Sendable {
    /// When the source says that nothing will ever come.
    case never
    /// When nothing is there any more.
    case caughtUp
  }

  /// Learns until the end, or until it is asked to stop; everything is saved and published then.
  ///
  /// - Parameters:
  ///   - end: when it stops by itself.
  ///   - every: the seconds between two reports.
  ///   - shouldStop: asked many times a second.
  ///   - tell: is told what happens.
  /// - Throws: `StreamError`, `ArtifactError`, `TrainingError`; the last checkpoint is then as it was.
  package func run(
    until end: End = .never, reportEvery every: Double = 10, shouldStop: () -> Bool = { false },
    tell: @escaping (LearnerNews) -> Void
  ) throws {
    listener = tell
    defer { listener = nil }
    pace = (.now, tally.examples)
    var reported = ContinuousClock.now
    var isStopped = false
    while !isStopped {
      let records = try next(until: end)
      for record in records {
        // A chunk can hold many steps. The records that are left are read again by the next run.
        isStopped = try take(record) && shouldStop()
        if isStopped { break }
      }
      if records.isEmpty {
        if source.hasEnded || end == .caughtUp { break }
        if isOutOfPatience { try step() }
        if !isWaiting { try idle() }
      }
      if (ContinuousClock.now - reported).inSeconds >= every {
        tell(.report(report()))
        startInterval()
        reported = .now
      }
      isStopped = isStopped || shouldStop()
    }
    try finish(isEnd: !isStopped)
    tell(.report(report()))
  }

  /// Some records; none after a short wait, or while the server of the stream is away.
  private func next(until end: End) throws -> [StreamRecord] {
    do {
      let records = try source.next(1024, waiting: 0.25)
      isAway = false
      return records
    } catch StreamError.unreachable(let source, let reason) where end == .never {
      if !isAway { tell(.waiting(reason: "\(source) is away: \(reason)")) }
      isAway = true
      try self.source.wait(1)
      return []
    }
  }

  /// What is due while nothing comes.
  private func idle() throws {
    try attend()
    guard let snapshot = prepared else { return }
    prepared = nil
    try publish(snapshot, comparedOn: latest(500), areLearned: true)
  }

  /// The end of a run.
  ///
  /// At the end of the stream all is learned and published. A run that was stopped saves; without patience
  /// it leaves the examples that wait to the next run, which reads their events again.
  private func finish(isEnd: Bool) throws {
    if isEnd || settings.patience > 0 { try step() }
    if isWaiting { return }
    try forget()
    try save()
    guard isEnd, settings.publish.isOn, timing.sincePublication > 0 else { return }
    prepared = nil
    try publish(snapshot(), comparedOn: latest(500), areLearned: true)
  }

  /// Some of the latest examples.
  private func latest(_ count: Int) -> [Example] {
    let next = recent.count < settings.learn.replayed ? 0 : tally.examples % recent.count
    return Array((recent[next...] + recent[..<next]).suffix(count))
  }

  /// Begins the interval that the next report's loss and rate are of.
  private func startInterval() {
    pace = (.now, tally.examples)
    (lossSum, lossCount) = (0, 0)
  }

  /// How the stream and the learning stand.
  func report() -> LearnerReport {
    let lag = try? source.lag()
    let seconds = max(1e-9, (ContinuousClock.now - pace.start).inSeconds)
    var report = LearnerReport()
    report.tally = tally
    report.steps = training.steps
    report.loss = lossCount > 0 ? lossSum / Double(lossCount) : nil
    report.examplesPerSecond = Double(tally.examples - pace.examples) / seconds
    report.predicted = validation.report
    report.lagEvents = lag?.events
    report.lagBytes = lag?.bytes
    report.popularityShift = statistics.popularityShift(counts: training.counts)
    report.estimatorError = statistics.estimatorError(
      training.estimator, batch: settings.learn.batch)
    report.modelAge = timing.age
    (report.users, report.items) = (population.users.count, population.items.count)
    report.deadLetters = source.deadLetters
    report.position = learnedTo
    return report
  }
}
