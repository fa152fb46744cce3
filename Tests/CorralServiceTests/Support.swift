import CorralData
import CorralIndex
import CorralService
import CorralServing
import CorralStore
import CorralVectors
import Foundation
import Metrics
import Synchronization

/// A recommender of random vectors, whose query is the mean of the vectors of the history.
///
/// Its users are `u0`, `u1` and so on, its items `i0`, `i1` and so on. Every third user has no
/// history.
struct SmallCatalogue: Sendable {
  var items = 60
  var users = 40
  var dimension = 8
  var seed: UInt64 = 7
  var index = IndexSettings.Kind.exact
  /// Every how many-th item training never met; 0 for none.
  var unplacedEvery = 0
  var ranker: (any CandidateRanker)?
  var candidates = 20
  /// What the titles of all items begin with.
  var title = "Title"
  /// What the ids of all items begin with.
  var prefix = "i"

  func recommender() throws -> Recommender {
    var random = SeededGenerator(seed: seed)
    let vectors = Matrix(
      rows: items, columns: dimension,
      values: (0..<items * dimension).map { _ in Float(random.uniform()) - 0.5 })
    let placed = PlacedItems(
      (0..<items).map { unplacedEvery == 0 || $0 % unplacedEvery != 0 })
    let histories = Ragged(
      (0..<users).map { user in
        (0..<(user % 3 == 0 ? 0 : user % 7 + 1)).map { _ in ItemIndex(random.next(below: items)) }
      })
    var counts = [Int](repeating: 0, count: items)
    for item in histories.values { counts[item.position] += 1 }
    var settings = IndexSettings()
    settings.kind = index
    settings.clusters = 3
    let stage = RetrieverStage(
      .index(try BuiltIndex(vectors, settings: settings), items: vectors), placed: placed,
      scoredBy: .history, similarity: ItemSimilarity(vectors, placed: placed),
      encoder: { batch in
        var queries = Matrix(rows: batch.count, columns: vectors.columns)
        for row in 0..<batch.count {
          let history = batch.histories[row]
          for item in history {
            for (column, value) in vectors[item.position].enumerated() {
              queries[row, column] += value / Float(history.count)
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
          FeatureColumn(name: "year", values: .numbers((0..<items).map { Float(1990 + $0 % 40) })),
        ]), counts: counts, retriever: stage,
      ranker: ranker.map {
        RankerStage($0, candidates: candidates, context: ContextTable())
      },
      cost: Recommender.OpeningCost(seconds: 0, bytes: 0))
  }
}

/// Orders candidates by their positions, the last item of the catalogue first.
struct LastFirst: CandidateRanker {
  func scores(
    _ candidates: Ragged<ItemIndex>, retrieved: [Float], for queries: QueryBatch
  ) -> [Float] {
    candidates.values.map { Float($0.position) }
  }
}

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
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "corral-\(UUID().uuidString)", directoryHint: .isDirectory)
  defer { try? FileManager.default.removeItem(at: folder) }
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

extension Answer {
  /// The ids of the items.
  var ids: [String] { items.map(\.id) }
}

extension Recommendations {
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
