import CorralStore
import Foundation
import Testing

@Suite struct ExposureTests {
  @Test func `an exposure comes back as it was recorded, with the events of its request`()
    async throws
  {
    try await withStore { store in
      let first = Exposure(
        request: "r-1", user: "ada", time: Date(timeIntervalSince1970: 1_700_000_000.25),
        model: "mf 1a2b", arm: "b",
        items: [
          Exposure.Item(
            id: "tea", position: 0, source: "retriever", stage: "ranker", score: 1.5,
            logProbability: -2.25),
          Exposure.Item(id: "milk", position: 1, source: "latest", stage: "quota"),
        ])
      let second = exposure("r-2", user: nil, ["cake"], time: 1_700_000_001)
      // The event may come before what it answers is on the disk.
      let receipts = try await store.append([
        event("ada", "milk", id: "e-1", request: "r-1"), event("ada", "tea"),
        event("bob", "other", type: "buy", request: "r-1"),
      ])
      store.record(first)
      store.record(second)
      try await store.flush()
      var found: [Store.AnsweredExposure] = []
      try store.forEachExposure { found.append($0) }
      #expect(found.map(\.exposure) == [first, second])
      #expect(found[0].events.map(\.position) == [receipts[0].position, receipts[2].position])
      #expect(found[0].events[0].event == event("ada", "milk", id: "e-1", request: "r-1"))
      #expect(found[1].events.isEmpty)
      var late: [String] = []
      try store.forEachExposure(since: second.time) { late.append($0.exposure.request) }
      #expect(late == ["r-2"])
      // A second one with the same request changes nothing.
      store.record(exposure("r-1", user: "eve", ["cake"]))
      try await store.flush()
      #expect(try await store.counts().exposures == 2)
    }
  }

  @Test func `exposures reach the disk with an event, with time, and when the store is closed`()
    async throws
  {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var settings = StoreSettings()
    settings.exposureDelay = 3600
    let store = try Store(folder, settings: settings)
    store.record(exposure("r-1", user: "ada", ["tea"]))
    #expect(store.statistics.exposuresWaiting == 1)
    _ = try await store.append([event("ada", "tea")])
    #expect(store.statistics.exposuresWaiting == 0)
    #expect(try await store.counts().exposures == 1)
    store.record(exposure("r-2", user: "ada", ["tea"]))
    try store.close()
    store.record(exposure("r-3", user: "ada", ["tea"]))

    settings.exposureDelay = 0.01
    let reopened = try Store(folder, settings: settings)
    #expect(try await reopened.counts().exposures == 2)
    reopened.record(exposure("r-4", user: "ada", ["tea"]))
    try await wait { try await reopened.counts().exposures == 3 }
    reopened.record(exposure("r-5", user: "ada", ["tea"]))
    try await wait { try await reopened.counts().exposures == 4 }
    try reopened.close()
  }

  @Test func `what finds no room is dropped and counted, and nobody waits`() async throws {
    var settings = StoreSettings()
    settings.exposureItems = 100
    try await withStore(settings) { store in
      try await whileLocked(store.directory) {
        // The writer takes what it can get and waits for the lock with it.
        for number in 0..<100 {
          store.record(exposure("r-\(number)", user: nil, ["a", "b", "c", "d", "e"]))
        }
        let statistics = store.statistics
        #expect(statistics.exposuresWaiting <= 20)
        #expect(statistics.exposuresDropped >= 40)
      }
      try await store.flush()
      let stored = try await store.counts().exposures
      #expect(stored + store.statistics.exposuresDropped == 100 && stored >= 20)
      store.record(exposure("bad\0", user: nil, ["a"]))
      #expect(store.statistics.exposuresDropped == 101 - stored)
    }
  }

  /// Random answers and events, counted by a walk over all of them.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `the report counts what a walk over everything counts`(seed: UInt64) async throws {
    var random = SeededNumbers(state: seed)
    let sources = ["retriever", "popular", "latest"]
    let exposures = (0..<60).map { number in
      Exposure(
        request: "r-\(number)", user: [nil, "u-0", "u-1", "u-2"].randomElement(using: &random)!,
        time: Date(timeIntervalSince1970: Double(number)),
        model: ["m-1", "m-2"].randomElement(using: &random)!,
        arm: [nil, "a", "b"].randomElement(using: &random)!,
        items: (0..<Int.random(in: 0...6, using: &random)).map { place in
          Exposure.Item(
            id: "i-\(place * 3 + number % 3)", position: place,
            source: sources.randomElement(using: &random)!, stage: "ranker")
        })
    }
    let events = (0..<400).map { _ in
      event(
        "u-\(Int.random(in: 0..<3, using: &random))",
        "i-\(Int.random(in: 0..<18, using: &random))",
        type: ["click", "buy"].randomElement(using: &random)!,
        request: Bool.random(using: &random)
          ? nil : "r-\(Int.random(in: 0..<70, using: &random))")
    }
    try await withStore { store in
      for exposure in exposures { store.record(exposure) }
      _ = try await store.append(events)
      for since in [0, 31] {
        let time = Date(timeIntervalSince1970: Double(since))
        let expected = counted(exposures.filter { $0.time >= time }, events)
        #expect(try await store.report(since: time) == expected)
      }
      #expect(
        try await store.report(since: Date(timeIntervalSince1970: 99)) == ExposureReport())
    }
  }

  private func counted(_ exposures: [Exposure], _ events: [Event]) -> ExposureReport {
    struct Found {
      var requests = Set<String>(), users = Set<String>(), items = Set<String>(), events = 0
    }
    var (shown, engaged) = (
      [ExposureReport.Group: Found](), [ExposureReport.Group: [String: Found]]()
    )
    func add(_ exposure: Exposure, _ item: Exposure.Item, _ events: Int, to found: inout Found) {
      found.requests.insert(exposure.request)
      if let user = exposure.user { found.users.insert(user) }
      found.items.insert("\(exposure.request) \(item.position)")
      found.events += events
    }
    for exposure in exposures {
      for item in exposure.items {
        let its = events.filter { $0.request == exposure.request && $0.item == item.id }
        for source in [item.source, nil] {
          let group = ExposureReport.Group(
            arm: exposure.arm, model: exposure.model, source: source)
          add(exposure, item, 0, to: &shown[group, default: Found()])
          for (type, events) in Dictionary(grouping: its, by: \.type) {
            add(
              exposure, item, events.count,
              to: &engaged[group, default: [:]][type, default: Found()])
          }
        }
      }
    }
    func count(_ found: Found) -> ExposureReport.Count {
      ExposureReport.Count(
        requests: found.requests.count, users: found.users.count, items: found.items.count,
        events: found.events)
    }
    var report = ExposureReport()
    report.shown = shown.mapValues(count)
    report.engaged = engaged.mapValues { $0.mapValues(count) }
    return report
  }
}
