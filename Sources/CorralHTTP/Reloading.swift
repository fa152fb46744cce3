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
  private let service: RecommendationService
  private let manifest: URL
  private let pause: Duration
  private let logger: Logger

  /// Watches the manifest of a model, which is written last and differs between any two.
  package init(
    _ service: RecommendationService, model: URL, every pause: Duration = .seconds(2),
    logger: Logger
  ) {
    self.service = service
    manifest = model.appending(path: "manifest.json")
    self.pause = pause
    self.logger = logger
  }

  package func run() async throws {
    try? await cancelWhenGracefulShutdown {
      var seen = try? Data(contentsOf: manifest)
      while true {
        try await Task.sleep(for: pause)
        // Between two folders there may be none for a moment.
        guard let now = try? Data(contentsOf: manifest), now != seen else { continue }
        // A model that was refused is not tried again before it changes.
        seen = now
        await service.reloadNoting(logger, because: "the folder was replaced")
      }
    }
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
