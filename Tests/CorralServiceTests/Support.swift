import CorralService
import CorralServing
import CorralStore
import CorralTesting
import Foundation
import Metrics
import Synchronization

/// A clock that a test moves.
final class MadeUpClock: Sendable {
  private let seconds = Mutex(1_800_000_000.0)

  var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }

  func pass(_ more: Double) { seconds.withLock { $0 += more } }
}

/// Folders of made-up models, by their names, and a service of the first of them.
final class MadeUpService: Sendable {
  let folder: URL
  let clock = MadeUpClock()
  let service: RecommendationService
  private let models: [String: SmallCatalogue]

  init(
    _ models: [String: SmallCatalogue], serving name: String = "model", in folder: URL,
    settings: ServiceSettings = ServiceSettings(),
    metrics: any MetricsFactory = NOOPMetricsHandler.instance
  ) throws {
    self.folder = folder
    self.models = models
    for (name, _) in models {
      let place = folder.appending(path: name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try Data("{\"name\": \"\(name)\"}".utf8).write(to: place.appending(path: "manifest.json"))
    }
    let clock = clock
    // No deadline comes in a test that does not ask for one.
    var settings = settings
    settings.deadline = 3_600_000
    service = try RecommendationService(
      model: folder.appending(path: name), store: Store(folder.appending(path: "store")),
      settings: settings, metrics: metrics, clock: { clock.now }
    ) { place in
      guard let catalogue = models[place.lastPathComponent] else {
        throw CocoaError(.fileNoSuchFile)
      }
      return try catalogue.recommender()
    }
  }

  /// The recommender of a model.
  func recommender(_ name: String = "model") throws -> Recommender {
    guard let catalogue = models[name] else { throw CocoaError(.fileNoSuchFile) }
    return try catalogue.recommender()
  }
}

/// Calls `body` with a service of one made-up model, whose folder is removed afterwards.
func withService<Result>(
  _ catalogue: SmallCatalogue = SmallCatalogue(), settings: ServiceSettings = ServiceSettings(),
  _ body: (MadeUpService) async throws -> Result
) async throws -> Result {
  try await withService(["model": catalogue], settings: settings, body)
}

/// Calls `body` with a service of the model `model` among several made-up ones.
func withService<Result>(
  _ models: [String: SmallCatalogue], settings: ServiceSettings = ServiceSettings(),
  metrics: any MetricsFactory = NOOPMetricsHandler.instance,
  _ body: (MadeUpService) async throws -> Result
) async throws -> Result {
  try await withTemporaryFolder { folder in
    let made = try MadeUpService(models, in: folder, settings: settings, metrics: metrics)
    do {
      let result = try await body(made)
      await made.service.close()
      return result
    } catch {
      await made.service.close()
      throw error
    }
  }
}

extension Answer {
  /// The ids of the items.
  var ids: [String] { items.map(\.id) }
}

extension Filter {
  /// A filter of some conditions.
  init(_ conditions: [String: Condition]) {
    self.init()
    self.conditions = conditions
  }
}
