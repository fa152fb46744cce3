import CorralData
import CorralService
import CorralStore
import CorralTesting
import Foundation
import Testing

struct `the export of events` {
  private static let start = Date(timeIntervalSince1970: 1_700_000_000)

  /// A store with histories, one answer to `ada`, one to somebody anonymous, and events.
  private static func withStore(_ body: (URL, Store) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("corral-\(UUID().uuidString)", isDirectory: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try Store(folder.appendingPathComponent("m.store"))
    let items = ["a", "b", "c", "d", "e"]
    _ = try store.seed(users: ["ada", "ben"], items: items) { $0 == 0 ? [0, 1] : [1, 2] }
    func item(_ id: String, _ position: Int, _ source: String) -> Exposure.Item {
      Exposure.Item(
        id: id, position: position, source: source, stage: "ranker", logProbability: -1.5)
    }
    store.record(
      Exposure(
        request: "r1", user: "ada", time: start, model: "m-1", arm: "new",
        items: [item("c", 0, "retriever"), item("d", 1, "popular"), item("e", 2, "latest")]))
    store.record(
      Exposure(
        request: "r2", user: nil, time: start + 1, model: "m-1", arm: nil,
        items: [item("a", 0, "popular"), item("b", 1, "popular")]))
    store.record(
      Exposure(
        request: "r3", user: nil, time: start + 2, model: "m-1", arm: nil,
        items: [item("a", 0, "popular"), item("e", 1, "popular")]))
    _ = try await store.append([
      Event(user: "ada", item: "c", type: "click", value: 2.5, time: start + 5, request: "r1"),
      Event(user: "ada", item: "d", type: "dislike", time: start + 6, request: "r1"),
      Event(user: "ben", item: "a", type: "buy", request: "r3"),
      Event(user: "ben", item: "d", type: "click", time: start + 9),
      Event(user: "ben", item: "e", type: "impression", time: start + 9),
    ])
    try await store.flush()
    try await body(folder, store)
    try store.close()
  }

  @Test func `writes events, then what was shown and not taken, each with its answer`() async throws
  {
    try await Self.withStore { folder, store in
      let file = folder.appendingPathComponent("log.csv")
      let report = try EventExport().write(store.directory, to: file.path)
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(
        String.init)
      #expect(
        lines.first
          == "user_id,item_id,event,weight,timestamp,value,request,position,source,arm,model,"
          + "log_probability")
      #expect(
        Set(lines.dropFirst()) == [
          // The histories end a microsecond before the first time.
          "ada,a,history,1,1699999999999996,,,,,,,", "ada,b,history,1,1699999999999997,,,,,,,",
          "ben,b,history,1,1699999999999998,,,,,,,", "ben,c,history,1,1699999999999999,,,,,,,",
          "ada,c,click,1,1700000005000000,2.5,r1,0,retriever,new,m-1,-1.5",
          "ada,d,dislike,0,1700000006000000,,r1,1,popular,new,m-1,-1.5",
          // Without a time of its own, it has that of the event before it.
          "ben,a,buy,1,1700000006000000,,r3,0,popular,,m-1,-1.5",
          "ben,d,click,1,1700000009000000,,,,,,,",
          "ada,e,impression,0,1700000000000000,,r1,2,latest,new,m-1,-1.5",
          // Nobody knows who asked, but for the event that came of it.
          "ben,e,impression,0,1700000002000000,,r3,1,popular,,m-1,-1.5",
        ])
      #expect(lines.count == 11)
      var expected = EventExport.Report()
      (expected.events, expected.answered, expected.negative) = (7, 3, 1)
      (expected.impressions, expected.anonymous, expected.ignored) = (2, 2, 1)
      #expect(report == expected)
    }
  }

  @Test(arguments: ["csv", "tsv", "jsonl"])
  func `is read as it is, with impressions beside the log`(format: String) async throws {
    try await Self.withStore { folder, store in
      let file = folder.appendingPathComponent("log.\(format)").path
      _ = try EventExport().write(store.directory, to: file)
      let (dataset, report) = try Dataset.load(DataSettings(path: file))
      #expect(report.problems.isEmpty)
      #expect(dataset.log.count == 7)
      #expect(dataset.log.hasTimes)
      #expect(dataset.log.weights.allSatisfy { $0 == 1 })
      // The disliked item and the two that were shown and not taken, where the item has interactions.
      let shown = (0..<dataset.impressions.count).map {
        dataset.users[dataset.impressions.users[$0].position]
          + dataset.items[dataset.impressions.items[$0].position]
      }
      #expect(shown.sorted() == ["adad"])
    }
  }

  @Test func `takes rules over types of events as any log does`() async throws {
    try await Self.withStore { folder, store in
      let file = folder.appendingPathComponent("log.csv").path
      _ = try EventExport().write(store.directory, to: file)
      var settings = DataSettings(path: file)
      settings.events = ["buy": 4, "click": 1, "history": 1, "dislike": 0, "impression": 0]
      let (dataset, _) = try Dataset.load(settings)
      #expect(dataset.log.weights.sorted() == [1, 1, 1, 1, 1, 1, 4])
      #expect(dataset.impressions.count == 1)
    }
  }

  @Test func `keeps ids that a format has to quote, and refuses what it cannot hold`() async throws
  {
    try await Self.withStore { folder, store in
      let user = "a \"b\",\tc\n=d"
      _ = try await store.append([Event(user: user, item: "ü,", type: "click")])
      for format in ["csv", "jsonl"] {
        let file = folder.appendingPathComponent("log.\(format)").path
        _ = try EventExport().write(store.directory, to: file)
        let (dataset, _) = try Dataset.load(DataSettings(path: file))
        #expect(dataset.users.ids.contains(user))
        #expect(dataset.items.ids.contains("ü,"))
      }
      let file = folder.appendingPathComponent("log.tsv").path
      #expect(throws: ServiceError.self) { try EventExport().write(store.directory, to: file) }
      #expect(!FileManager.default.fileExists(atPath: file))
    }
  }

  @Test func `says which endings it writes, and where a store is missing`() throws {
    #expect(
      throws: ServiceError.badField(
        "--out", reason: "'log.txt' does not end with .csv, .tsv or .jsonl, which says the format")
    ) { try EventExport().write(URL(fileURLWithPath: "/nowhere"), to: "log.txt") }
    #expect(
      throws: StoreError.failed(path: "/nowhere", reason: "it holds no events.sqlite")
    ) { try EventExport().write(URL(fileURLWithPath: "/nowhere"), to: "log.csv") }
  }

  @Test func `leaves the times out of a log that has none`() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("corral-\(UUID().uuidString)", isDirectory: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try Store(folder)
    _ = try store.seed(users: ["u"], items: ["a", "b"]) { _ in [1, 0] }
    let file = folder.appendingPathComponent("log.csv").path
    _ = try EventExport().write(folder, to: file)
    try store.close()
    let (dataset, _) = try Dataset.load(DataSettings(path: file))
    #expect(!dataset.log.hasTimes)
    #expect(dataset.log.items.map { dataset.items[$0.position] } == ["b", "a"])
  }
}
