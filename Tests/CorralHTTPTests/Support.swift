import CorralData
import CorralHTTP
import CorralIndex
import CorralService
import CorralServing
import CorralStore
import CorralVectors
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Models made of random vectors: 50 items `i0`, `i1`, ..., 20 users `u0`, `u1`, ..., each with a
/// history but for every fourth.
enum MadeUpModel {
  static func recommender(title: String = "Title", prefix: String = "i") -> Recommender {
    var random = SeededGenerator(seed: 3)
    let (items, users, dimension) = (50, 20, 6)
    let vectors = Matrix(
      rows: items, columns: dimension,
      values: (0..<items * dimension).map { _ in Float(random.uniform()) - 0.5 })
    let placed = PlacedItems((0..<items).map { _ in true })
    let histories = Ragged(
      (0..<users).map { user in
        (0..<(user % 4 == 0 ? 0 : 4)).map { _ in ItemIndex(random.next(below: items)) }
      })
    var counts = [Int](repeating: 0, count: items)
    for item in histories.values { counts[item.position] += 1 }
    guard let index = try? BuiltIndex(vectors, settings: IndexSettings()) else {
      fatalError("an exact index of \(items) vectors")
    }
    let stage = RetrieverStage(
      .index(index, items: vectors), placed: placed, scoredBy: .history,
      similarity: ItemSimilarity(vectors, placed: placed),
      encoder: { batch in
        var queries = Matrix(rows: batch.count, columns: vectors.columns)
        for row in 0..<batch.count {
          for item in batch.histories[row] {
            for (column, value) in vectors[item.position].enumerated() {
              queries[row, column] += value
            }
          }
        }
        return queries
      })
    return Recommender(
      kind: "mean", users: Vocabulary((0..<users).map { "u\($0)" }),
      items: Vocabulary((0..<items).map { "\(prefix)\($0)" }),
      titles: Texts((0..<items).map { "\(title) \($0)" }), histories: histories,
      itemFeatures: FeatureTable(
        count: items,
        columns: [
          FeatureColumn(
            name: "genre",
            values: .categories(
              Ragged((0..<items).map { [Int32($0 % 3)] }),
              vocabulary: Vocabulary(["drama", "comedy", "war"]))),
          FeatureColumn(name: "year", values: .numbers((0..<items).map { Float(1990 + $0) })),
        ]), counts: counts, retriever: stage, ranker: nil,
      cost: Recommender.OpeningCost(seconds: 0, bytes: 0))
  }
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
func withServer<Result: Sendable>(
  settings: ServerSettings = ServerSettings(), service serviceSettings: ServiceSettings = .init(),
  keys: Keys = Keys(), folder: URL? = nil,
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
    case "model": MadeUpModel.recommender()
    case "better": MadeUpModel.recommender(title: "Better")
    case "other": MadeUpModel.recommender(prefix: "x")
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
