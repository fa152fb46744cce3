import CorralData
import CorralStore
import Foundation
import Testing

struct `exporting what a server stored` {
  /// A store of made-up users: half of what they met is an answer's item, beside two not taken.
  private static func fill(_ store: Store) async throws {
    let dataset = try Dataset.synthesized(
      SyntheticSettings(users: 60, items: 40, interactions: 1000, seed: 2))
    let start = Date(timeIntervalSince1970: 1_700_000_000)
    var events: [Event] = []
    for row in 0..<dataset.log.count {
      let user = dataset.users[dataset.log.users[row].position]
      let item = dataset.items[dataset.log.items[row].position]
      let time = start + Double(60 * row)
      let request = row % 2 == 0 ? "r\(row)" : nil
      if let request {
        let others = [row * 7 % 40, row * 11 % 40].map { dataset.items[$0] }
        store.record(
          Exposure(
            request: request, user: user, time: time, model: "m-1", arm: nil,
            items: ([item] + others.filter { $0 != item }).enumerated().map { place, id in
              Exposure.Item(id: id, position: place, source: "retriever", stage: "retriever")
            }))
      }
      events.append(Event(user: user, item: item, type: "click", time: time + 1, request: request))
    }
    _ = try await store.append(events)
    try await store.flush()
  }

  @Test func `trains a ranker on the log, impressions included, while the store is in use`()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("corral-\(UUID().uuidString)", isDirectory: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try Store(folder.appendingPathComponent("model.store"))
    defer { try? store.close() }
    try await Self.fill(store)
    let log = folder.appendingPathComponent("log.csv").path
    // The folder of the model that is served stands for the store beside it.
    let model = folder.appendingPathComponent("model").path
    let exported = try Binary.run("data", "export-events", model, "--out", log, "--json")
    try #require(exported.code == 0, "\(exported.errors)")
    struct Report: Decodable {
      let events: Int
      let answered: Int
      let impressions: Int
    }
    let report = try exported.json(Report.self)
    #expect(report.events == 1000 && report.answered == 500)
    #expect(report.impressions > 700)

    struct Described: Decodable {
      let interactions: Int
      let impressions: Int
    }
    let described = try Binary.run("data", "describe", log, "--json")
    let facts = try described.json(Described.self)
    #expect(facts.interactions == 1000 && facts.impressions == report.impressions)

    let trained = try Binary.run(
      "train", "--data", log, "--out", folder.appendingPathComponent("new").path,
      "--set", "retriever.model=mf", "--set", "retriever.dimension=8", "--set", "train.epochs=1",
      "--set", "ranker.model=deepfm", "--set", "ranker.dimension=8", "--set", "ranker.hidden=[16]",
      "--set", "rankerTraining.train.epochs=1", "--set", "rankerTraining.negatives.impressions=2")
    #expect(trained.code == 0, "\(trained.errors)")
  }

  @Test func `names the two places where a store was looked for`() throws {
    let exported = try Binary.run("data", "export-events", "/nowhere/m", "--out", "log.csv")
    #expect(exported.code == 2)
    #expect(
      exported.errors.contains(
        "/nowhere/m holds no events.sqlite, and neither does /nowhere/m.store: give the folder of a "
          + "store, or of a model that `corral serve` has served"))
  }
}
