import CorralArtifacts
import CorralLive
import CorralService
import CorralStore
import CorralStreaming
import CorralVectors
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Lets the model of a server go on learning from the events that the server stores.
///
/// Learning has a thread of its own. A snapshot serves as soon as it is published. What goes wrong here
/// stops no answer: learning begins again from its checkpoint, after a pause that grows.
final class LiveLearning: Service {
  private let model: String
  private let store: URL
  private let settings: LiveSettings
  private let service: RecommendationService
  private let logger: Logger
  private let lock: ProcessLock
  private let isStopping = Atomic(false)

  /// Learning beside a server.
  ///
  /// - Parameters:
  ///   - model: the folder of the model that serves everybody.
  ///   - store: the folder of the server's store.
  ///   - settings: how it learns.
  ///   - service: serves what is published, and shows how learning stands.
  ///   - logger: is told what happens.
  /// - Throws: `ArtifactError.inUse` where another process learns here, `LiveError` for a model or a
  ///   checkpoint that learning cannot go on from.
  init(
    _ model: String, store: URL, settings: LiveSettings, service: RecommendationService,
    logger: Logger
  ) throws {
    self.model = model
    self.store = store
    self.settings = settings
    self.service = service
    self.logger = logger
    lock = try LiveFolder(beside: URL(filePath: model)).claim()
    // What cannot work is said before anybody is served.
    service.note(status(of: try learner()))
  }

  func run() async throws {
    await withGracefulShutdownHandler {
      await withCheckedContinuation { caller in
        let thread = Thread { [self] in
          learn()
          caller.resume()
        }
        thread.stackSize = 8 << 20
        thread.name = "corral.learn"
        thread.start()
      }
    } onGracefulShutdown: { [self] in
      isStopping.store(true, ordering: .relaxed)
    }
  }

  private var shouldStop: Bool { isStopping.load(ordering: .relaxed) }

  private func learner() throws -> Learner {
    try Learner(model, settings: settings, descriptions: .store(try StoreReader(store))) { place in
      let source = try StoreSource(store)
      if let place { try source.seek(to: place) }
      return source
    }
  }

  private func status(of learner: Learner) -> LearningStatus {
    var status = service.learning ?? LearningStatus()
    (status.users, status.items) = (learner.start.users, learner.start.items)
    status.cutoff = settings.predict.cutoff
    status.failure = nil
    return status
  }

  /// Learns until the server stops.
  private func learn() {
    var pause = 1.0
    while !shouldStop {
      do {
        let learner = try learner()
        service.note(status(of: learner))
        try learner.run(reportEvery: 2, shouldStop: { self.shouldStop }) { news in
          // What was learned is safe; the next failure is another one.
          if case .published = news { pause = 1 }
          self.hear(news)
        }
      } catch {
        logger.error(
          "learning stands still", metadata: ["error": "\(error)", "again_after": "\(pause) s"])
        change { $0.failure = "\(error)" }
        sleep(pause)
        pause = min(60, 2 * pause)
      }
    }
  }

  private func sleep(_ seconds: Double) {
    let end = ContinuousClock.now + .seconds(seconds)
    while !shouldStop, ContinuousClock.now < end { Thread.sleep(forTimeInterval: 0.05) }
  }

  private func hear(_ news: LearnerNews) {
    switch news {
    case .report(let report): change { $0.take(report) }
    case .published(let mark, let comparison, let seconds, let warning):
      if let warning { logger.warning("\(warning)") }
      serve()
      change {
        $0.publications += 1
        $0.publishedAt = mark.time
      }
      logger.notice(
        "published what was learned",
        metadata: [
          "snapshot": "\(mark.publication)", "examples": "\(mark.examples)",
          "recall": "\(comparison.recall)", "served_recall": "\(comparison.servedRecall)",
          "seconds": "\(seconds)",
        ])
    case .refused(let mark, _, let reason):
      change {
        $0.refusals += 1
        $0.lastRefusal = reason
      }
      logger.warning(
        "what was learned is not published",
        metadata: ["snapshot": "\(mark.publication)", "why": "\(reason)"])
    case .waiting(let reason):
      logger.warning("events cannot be read", metadata: ["why": "\(reason)"])
    }
  }

  /// Lets the service open what stands in the folder now, and waits until it serves.
  private func serve() {
    let done = DispatchSemaphore(value: 0)
    Task { [service, logger, model] in
      do {
        _ = try await service.reload(URL(filePath: model))
      } catch {
        logger.warning("what was published does not serve", metadata: ["error": "\(error)"])
      }
      done.signal()
    }
    done.wait()
  }

  private func change(_ body: (inout LearningStatus) -> Void) {
    var status = service.learning ?? LearningStatus()
    body(&status)
    service.note(status)
  }
}

extension LearningStatus {
  /// Takes over what a learner reports.
  fileprivate mutating func take(_ report: LearnerReport) {
    events = report.tally.events
    examples = report.tally.examples
    examplesPerSecond = report.examplesPerSecond
    loss = report.loss ?? loss
    predictions = report.predicted.predictions
    (recall, ndcg) = (report.predicted.recall, report.predicted.ndcg)
    (headRecall, tailRecall) = (report.predicted.headRecall, report.predicted.tailRecall)
    lag = report.lagEvents
    modelAge = report.modelAge
    (users, items) = (report.users, report.items)
    popularityShift = report.popularityShift
    estimatorError = report.estimatorError
    failure = nil
  }
}
