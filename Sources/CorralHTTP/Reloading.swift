package import CorralService
package import Foundation
package import Logging
import ServiceLifecycle
import UnixSignals

/// Reloads the model when the process gets SIGHUP.
package struct HangupReload: Service {
  private let service: RecommendationService
  private let logger: Logger

  /// Reloads the model of a service.
  package init(_ service: RecommendationService, logger: Logger) {
    self.service = service
    self.logger = logger
  }

  package func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      await service.reloadNoting(logger, because: "SIGHUP")
    }
  }
}

/// Reloads the model when another one takes the place of its folder.
package struct FolderWatch: Service {
  private let watch: ModelWatch
  private let pause: Duration

  /// Watches the folder of a model, with pauses.
  package init(
    _ service: RecommendationService, model: URL, every pause: Duration = .seconds(2),
    logger: Logger
  ) {
    self.pause = pause
    watch = ModelWatch(model, serving: { service.status.model }) { folder in
      _ = try await service.reload(folder)
    } report: { report in
      switch report {
      case .serving(let version):
        logger.notice(
          "the model was reloaded",
          metadata: ["model": "\(version)", "why": "the folder was replaced"])
      case .refused(let version, let reason):
        logger.warning(
          "the model was not reloaded", metadata: ["model": "\(version)", "error": "\(reason)"])
      case .missing(let reason):
        logger.warning("the model's folder is gone", metadata: ["error": "\(reason)"])
      }
    }
  }

  package func run() async throws {
    try? await cancelWhenGracefulShutdown { await watch.run(every: pause) }
  }
}

extension RecommendationService {
  /// Reloads the model, and notes what came of it.
  fileprivate func reloadNoting(_ logger: Logger, because reason: String) async {
    do {
      let version = try await reload()
      logger.notice(
        "the model was reloaded", metadata: ["model": "\(version)", "why": "\(reason)"])
    } catch {
      logger.warning(
        "the model was not reloaded", metadata: ["error": "\(error)", "why": "\(reason)"])
    }
  }
}
