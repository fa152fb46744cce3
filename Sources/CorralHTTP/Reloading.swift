package import CorralService
import Foundation
package import Logging
package import ServiceLifecycle
import UnixSignals

/// Reloads all models of a service when the process gets SIGHUP: all of them, or none if one is refused.
package struct HangupReload<Hangups: AsyncSequence & Sendable>: Service
where Hangups.Element: Sendable {
  private let service: RecommendationService
  private let logger: Logger
  private let hangups: @Sendable () async -> Hangups

  /// Reloads the models of a service.
  ///
  /// - Parameters:
  ///   - service: the service.
  ///   - logger: is told what came of it.
  ///   - hangups: begins to listen; each element is one reload.
  package init(
    _ service: RecommendationService, logger: Logger,
    hangups: @escaping @Sendable () async -> Hangups = {
      await UnixSignalsSequence(trapping: .sighup)
    }
  ) {
    self.service = service
    self.logger = logger
    self.hangups = hangups
  }

  package func run() async throws {
    for try await _ in await hangups().cancelOnGracefulShutdown() { await reload() }
  }

  private func reload() async {
    do {
      _ = try await service.reload()
      for place in service.places {
        logger.reloaded(service.serving(at: place).version, at: place, because: "SIGHUP")
      }
    } catch {
      logger.warning(
        "the model was not reloaded", metadata: ["error": "\(error)", "why": "SIGHUP"])
    }
  }
}

/// Reloads a model when another one takes the place of its folder: each model of a service for itself,
/// those of arms too.
package struct FolderWatch: Service {
  private let watches: [ModelWatch]
  private let pause: Duration

  /// Watches the folders of the models of a service, with pauses.
  package init(
    _ service: RecommendationService, every pause: Duration = .seconds(2), logger: Logger
  ) {
    self.pause = pause
    watches = service.places.map { place in
      ModelWatch {
        service.serving(at: place)
      } reload: {
        _ = try await service.reload(at: place)
      } report: { report in
        switch report {
        case .serving(let version):
          logger.reloaded("\(version)", at: place, because: "the folder was replaced")
        case .refused(let version, let reason):
          logger.warning(
            "the model was not reloaded",
            metadata: Logger.metadata("\(version)", at: place).merging(["error": "\(reason)"]) {
              $1
            })
        case .missing(let reason):
          logger.warning("the model's folder is gone", metadata: ["error": "\(reason)"])
        }
      }
    }
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        for watch in watches { await watch.look() }
        try? await Task.sleep(for: pause)
      }
    }
  }
}

extension Logger {
  /// Notes that a model serves.
  fileprivate func reloaded(_ version: String, at place: ModelPlace, because reason: String) {
    notice(
      "the model was reloaded",
      metadata: Self.metadata(version, at: place).merging(["why": "\(reason)"]) { $1 })
  }

  /// What names a model, and the arm that it is of.
  fileprivate static func metadata(_ version: String, at place: ModelPlace) -> Metadata {
    switch place {
    case .everybody: ["model": "\(version)"]
    case .arm(let name): ["model": "\(version)", "arm": "\(name)"]
    }
  }
}
