import CorralData
import CorralIndex
import CorralService
import CorralServing
import CorralStore
import CorralTesting
import CorralVectors
import Foundation
import Logging
import Metrics
import Synchronization
import Testing

/// The search with a side list against one over everything, and while everything changes.
@Suite struct SideSearchTests {
  private static let genres = ["drama", "comedy", "war"]

  private static func record(
    _ id: String, using random: inout SeededGenerator, unknown: Bool = false
  ) -> ItemRecord {
    var item = ItemRecord(id: id)
    item.categories =
      unknown ? ["opera"] : [genres[random.next(below: 3)], genres[random.next(below: 3)]]
    if random.uniform() < 0.8 { item.features["year"] = .number(1990 + 40 * random.uniform()) }
    return item
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `a search finds what an exact search over the union of both finds`(
    seed: UInt64
  ) async throws {
    let catalogue = SmallCatalogue(items: 120, seed: seed, placesByFeatures: true)
    try await withService(catalogue) { made in
      var random = SeededGenerator(seed: seed)
      let recommender = try made.recommender()
      let placing = try #require(recommender.retriever.placing)
      var told: [String: ItemRecord] = [:]
      for round in 0..<12 {
        let records = (0..<8).map { place in
          Self.record(
            place % 2 == 0 ? "n\(random.next(below: 40))" : "i\(random.next(below: 120))",
            using: &random)
        }
        // Of two records of one id the last one stays.
        let last = Dictionary(records.map { ($0.id, $0) }) { $1 }
        try await made.service.put(Array(last.values))
        told.merge(last) { $1 }
        if round % 4 == 3, let id = last.keys.min(), id.hasPrefix("n") {
          #expect(try await made.service.deleteItem(id))
          told[id] = nil
        }

        // The union: every item with what is told of it, and one inner product with each.
        let ids = recommender.items.ids + told.keys.filter { $0.hasPrefix("n") }.sorted()
        let described = ids.map { id in
          DescribedItem(
            item: recommender.items.position(of: id).map(ItemIndex.init),
            told: told[id].map { record in
              FeatureRow.fitting(
                recommender.itemFeatures,
                told: record.features.compactMapValues { value in
                  if case .number(let number) = value { .number(number) } else { nil }
                }, categories: record.categories
              ).row
            } ?? FeatureRow())
        }
        let vectors = placing.itemVectors(
          described.map(\.item), describedBy: recommender.itemFeatures.described(described))
        for _ in 0..<4 {
          let history = (0..<3).map { _ in random.next(below: 120) }
          var request = ServiceRequest(
            history: history.map { "i\($0)" }, count: 5 + random.next(below: 40))
          request.seen = random.uniform() < 0.5 ? .include : .exclude
          if random.uniform() < 0.5 {
            request.filter.conditions["year"] = .range(min: 2000, max: nil)
          }
          let query = Query(history: history.map(ItemIndex.init))
          let encoded = try #require(try recommender.retriever.encoded([query])[0])
          let queries = try #require(encoded.vectors)
          let table = recommender.itemFeatures.described(described)
          guard case .numbers(let years) = try #require(table["year"]).values else { return }
          let expected = ids.indices.filter { row in
            if request.seen == .exclude, request.history?.contains(ids[row]) ?? false {
              return false
            }
            return request.filter.conditions.isEmpty || years[row] >= 2000
          }
          .map { row in
            (id: ids[row], score: zip(vectors[row], queries[0]).reduce(0) { $0 + $1.0 * $1.1 })
          }
          .sorted { $0.score > $1.score }.prefix(request.count)
          let answer = try await made.service.recommend(request)
          #expect(answer.items.count == expected.count && Set(answer.ids).count == answer.ids.count)
          for (item, wanted) in zip(answer.items, expected) {
            #expect(abs((item.score ?? .nan) - wanted.score) < 1e-5)
          }
          #expect(
            Set(answer.ids.dropLast(2)).isSubset(of: expected.map(\.id)), "\(answer.ids)")
        }
      }
    }
  }

  @Test func `answers, puts, deletions and swaps at once give every item once`() async throws {
    let models = [
      "model": SmallCatalogue(placesByFeatures: true),
      "newer": SmallCatalogue(items: 75, seed: 9, placesByFeatures: true),
    ]
    try await withService(models) { made in
      let service = made.service
      var drama = ServiceRequest(history: ["i0", "i3", "i6"], count: 100)
      drama.seen = .include
      let request = drama
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<3 {
          group.addTask {
            var random = SeededGenerator(seed: UInt64(worker))
            for round in 0..<60 {
              // Some of these are items of the newer model, some of both, and some of none.
              let id =
                switch random.next(below: 3) {
                case 0: "n\(worker)-\(random.next(below: 5))"
                case 1: "i\(60 + worker + 3 * random.next(below: 5))"
                default: "i\(9 + worker + 3 * random.next(below: 5))"
                }
              try await service.put([Self.record(id, using: &random)])
              var answer = try await service.recommend(request)
              #expect(answer.ids.contains(id), "\(id) of \(answer.model)")
              #expect(Set(answer.ids).count == answer.ids.count)
              guard round % 3 == 0 else { continue }
              #expect(try await service.deleteItem(id))
              answer = try await service.recommend(request)
              #expect(!answer.ids.contains(id) && Set(answer.ids).count == answer.ids.count)
            }
          }
        }
        for worker in 3..<5 {
          group.addTask {
            for round in 0..<150 {
              var asked = request
              asked.count = 20 + (round + worker) % 30
              if round % 2 == 0 { asked.filter = Filter(["category": .oneOf(["drama", "war"])]) }
              let answer = try await service.recommend(asked)
              #expect(Set(answer.ids).count == answer.ids.count && !answer.items.isEmpty)
            }
          }
        }
        group.addTask {
          for round in 0..<40 {
            _ = try await service.reload(
              made.folder.appending(path: round % 2 == 0 ? "newer" : "model"))
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func `the list is bounded, the oldest items wait, and it is said once`() async throws {
    let lines = Mutex<[String]>([])
    try await withTemporaryFolder { folder in
      let model = folder.appending(path: "model")
      try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
      try Data("{}".utf8).write(to: model.appending(path: "manifest.json"))
      var settings = ServiceSettings()
      settings.deadline = 3_600_000
      let service = try RecommendationService(
        model: model, store: Store(folder.appending(path: "store")), settings: settings,
        metrics: NOOPMetricsHandler.instance,
        logger: Logger(label: "test") { _ in Lines { line in lines.withLock { $0.append(line) } } }
      ) { _ in try SmallCatalogue(placesByFeatures: true).recommender() }
      for part in 0..<11 {
        try await service.put(
          (0..<1000).map { number in
            var item = ItemRecord(id: "n\(part * 1000 + number)")
            item.categories = ["drama"]
            item.features["year"] = .number(1990 + Double(number) / 100)
            return item
          })
        #expect(service.status.sideItems == min(10_000, 1000 * (part + 1)))
      }
      /// Those of some items that the model places by their features.
      func placed(_ ids: [String]) async throws -> [String] {
        var placed: [String] = []
        for id in ids {
          let request = ServiceRequest(history: ["i3"], count: 3)
          let steps = try await service.explain(id, for: request).steps
          if steps.contains(where: { $0.reason.contains("places it by its features") }) {
            placed.append(id)
          }
        }
        return placed
      }
      let ids = ["n5", "n999", "n1000", "n1001", "n10999"]
      #expect(try await placed(ids) == ["n1000", "n1001", "n10999"])
      // A change brings an old one back, and the next oldest one goes.
      var back = ItemRecord(id: "n5")
      back.categories = ["war"]
      try await service.put([back])
      #expect(try await placed(ids) == ["n5", "n1001", "n10999"])
      #expect(service.status.sideItems == 10_000)
      #expect(lines.withLock { $0.count { $0.contains("wait for a new model") } } == 1)
      await service.close()
    }
  }
}

/// Hands on the messages of a log.
private struct Lines: LogHandler {
  let say: @Sendable (String) -> Void
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  init(_ say: @escaping @Sendable (String) -> Void) { self.say = say }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { say("\(event.message)") }
}
