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
package struct ModelWatch: Service {
  private let watch: CorralService.ModelWatch
  private let pause: Duration

  /// Watches the folder of a model, and notes what comes of it.
  package init(
    _ service: RecommendationService, model: URL, every pause: Duration = .seconds(2),
    logger: Logger
  ) {
    self.pause = pause
    watch = CorralService.ModelWatch(model, serving: { service.status.model }) { _ in
      _ = try await service.reload()
    } report: { report in
      switch report {
      case .serving(let version): logger.noteReload(of: "\(version)", because: Self.reason)
      case .refused(_, let error): logger.noteRefusal("\(error)", because: Self.reason)
      case .missing(let error): logger.noteRefusal(error, because: "the folder is gone")
      }
    }
  }

  private static let reason = "the folder was replaced"

  package func run() async throws {
    try? await cancelWhenGracefulShutdown { await watch.run(every: pause) }
  }
}

extension RecommendationService {
  /// Reloads the model, and notes what came of it.
  fileprivate func reloadNoting(_ logger: Logger, because reason: String) async {
    do {
      logger.noteReload(of: try await reload(), because: reason)
    } catch {
      logger.noteRefusal("\(error)", because: reason)
    }
  }
}

extension Logger {
  fileprivate func noteReload(of version: String, because reason: String) {
    notice("the model was reloaded", metadata: ["model": "\(version)", "why": "\(reason)"])
  }

  fileprivate func noteRefusal(_ error: String, because reason: String) {
    warning("the model was not reloaded", metadata: ["error": "\(error)", "why": "\(reason)"])
  }
}
