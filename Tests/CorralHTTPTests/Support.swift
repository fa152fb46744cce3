import CorralHTTP
import CorralService
import CorralServing
import CorralStore
import CorralTesting
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// The model of a server: 50 items `i0`, `i1`, ..., and 20 users `u0`, `u1`, ...
func madeUpModel(
  clusters: Int = 0, title: String = "Title", prefix: String = "i"
) throws -> Recommender {
  try SmallCatalogue(
    items: 50, users: 20, seed: 3, clusters: clusters, title: title, prefix: prefix
  ).recommender()
}

/// A server that runs in this process, and a folder for what it keeps.
struct RunningServer: Sendable {
  let client: Client
  let folder: URL
  let metrics: MetricsRegistry
  let service: RecommendationService
  /// Begins a stop as SIGTERM does; the server ends when it has answered what it took.
  let stop: @Sendable () async -> Void
}

/// Calls `body` with a server of a made-up model on a free port; the server has ended afterwards.
///
/// The model searches some clusters, or none.
func withServer<Result: Sendable>(
  settings: ServerSettings = ServerSettings(), service serviceSettings: ServiceSettings = .init(),
  keys: Keys = Keys(), folder: URL? = nil, clusters: Int = 0,
  _ body: @escaping @Sendable (RunningServer) async throws -> Result
) async throws -> Result {
  let place =
    folder
    ?? FileManager.default.temporaryDirectory.appending(
      path: "corral-http-\(UUID().uuidString)", directoryHint: .isDirectory)
  defer { if folder == nil { try? FileManager.default.removeItem(at: place) } }
  for name in ["model", "better", "other"] {
    let model = place.appending(path: name)
    try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
    try Data("{\"name\": \"\(name)\"}".utf8).write(to: model.appending(path: "manifest.json"))
  }
  let metrics = MetricsRegistry()
  // No deadline comes on a busy machine; a request may bring its own.
  var serviceSettings = serviceSettings
  serviceSettings.deadline = 3_600_000
  let service = try RecommendationService(
    model: place.appending(path: "model"), store: Store(place.appending(path: "store")),
    settings: serviceSettings, metrics: metrics
  ) { model in
    switch model.lastPathComponent {
    case "model": try madeUpModel(clusters: clusters)
    case "better": try madeUpModel(title: "Better")
    case "other": try madeUpModel(prefix: "x")
    default: throw CocoaError(.fileNoSuchFile)
    }
  }
  var logger = Logger(label: "test") { LineLogHandler(label: $0) { _ in } }
  logger.logLevel = .critical
  let server = try Server(
    service, at: ListenAddress(host: "127.0.0.1", port: 0), settings: settings, keys: keys,
    metrics: metrics, version: "test", logger: logger)
  let (ports, port) = AsyncStream<Int>.makeStream()
  let (stops, stop) = AsyncStream<Void>.makeStream()
  let stopper = Stopper(stops: stops)
  return try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask {
      try await server.run(beside: [stopper]) { port.yield($0.port) }
      port.finish()
      return nil
    }
    group.addTask {
      for await port in ports {
        defer { stop.yield() }
        return try await body(
          RunningServer(
            client: Client(port: port), folder: place, metrics: metrics, service: service,
            stop: { stop.yield() }))
      }
      return nil
    }
    var found: Result?
    while let result = try await group.next() { if let result { found = result } }
    guard let found else { throw CancellationError() }
    return found
  }
}

/// Ends when it is told to, which begins a graceful stop of the services beside it.
private struct Stopper: Service {
  let stops: AsyncStream<Void>

  func run() async throws {
    for await _ in stops.cancelOnGracefulShutdown() { return }
  }
}
