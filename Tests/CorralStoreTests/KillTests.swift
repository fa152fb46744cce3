import CorralStore
import Foundation
import Testing

/// Processes that are killed in the middle of writing.
///
/// `CORRAL_KILLS=1000` in the environment kills that many; else it is twenty.
@Suite struct KillTests {
  /// A process appends batches from several tasks, and writes down what was acknowledged.
  ///
  /// At a random moment after its random n-th acknowledgement it is killed. Then every acknowledged event must be
  /// there, once and at its position, and no batch in part.
  @Test func `whatever was acknowledged before a kill is there once, at its position`()
    async throws
  {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let ledger = folder.appendingPathComponent("ledger")
    let place = folder.appendingPathComponent("store", isDirectory: true)
    let kills = ProcessInfo.processInfo.environment["CORRAL_KILLS"].flatMap(Int.init) ?? 20
    var (seen, positions) = (Int64(0), [String: Int64]())
    for round in 0..<kills {
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [place = place.path as String, ledger = ledger.path as String, round = round as Int] in
        try await ingest(into: place, ledger: ledger, round: round)
      }
      let store = try Store(place)
      for stored in try await store.events(after: seen, limit: .max) {
        #expect(stored.position > seen)
        seen = stored.position
        let id = try #require(stored.event.id)
        #expect(positions.updateValue(stored.position, forKey: id) == nil, "\(id) is there twice")
      }
      let lines = try String(contentsOf: ledger, encoding: .utf8).split(separator: "\n")
      #expect(!lines.isEmpty)
      for line in lines {
        let parts = line.split(separator: " ")
        #expect(positions[String(parts[0])] == Int64(parts[1]), "round \(round): \(line)")
      }
      // A batch is there whole or not at all.
      let batches = Dictionary(grouping: positions.keys) { $0.split(separator: "/")[0] }
      #expect(batches.values.allSatisfy { $0.count == batchLength })
      try store.close()
      try FileManager.default.removeItem(at: ledger)
    }
    try expectWhole(place)
  }

  /// A process may write files of at most a megabyte: what comes after is refused by the system.
  @Test func `a write that the system refuses leaves what was acknowledged before`() async throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let ledger = folder.appendingPathComponent("ledger")
    let place = folder.appendingPathComponent("store", isDirectory: true)
    await #expect(processExitsWith: .exitCode(7)) {
      [place = place.path as String, ledger = ledger.path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let store = try Store(URL(fileURLWithPath: place))
      do {
        for batch in 0..<10_000 { try await appendBatch("\(batch)", to: store, ledger: ledger) }
      } catch is StoreError {
        // It reads what it has all the same.
        let count = try await store.counts().events
        _exit(count > 0 && count % batchLength == 0 ? 7 : 8)
      }
    }
    let store = try Store(place)
    let stored = try await store.events(after: 0, limit: .max)
    let lines = try String(contentsOf: ledger, encoding: .utf8).split(separator: "\n")
    #expect(lines == stored[..<lines.count].map { "\($0.event.id ?? "") \($0.position)" })
    #expect(lines.count > 30)
    let next = try await store.append([event("ada", "tea")])
    #expect(next[0].position > stored.count)
    try store.close()
    try expectWhole(place)
  }
}

/// The number of events in a batch.
private let batchLength = 3

/// Appends a batch, and then its ids and positions to the ledger.
private func appendBatch(_ name: String, to store: Store, ledger: String) async throws {
  let batch = (0..<batchLength).map {
    event("user-\(name)", "item-\($0)", id: "\(name)/\($0)", request: "request-\(name)")
  }
  let receipts = try await store.append(batch)
  let lines = zip(batch, receipts).map { "\($0.id ?? "") \($1.position)\n" }.joined()
  let file = open(ledger, O_WRONLY | O_CREAT | O_APPEND, 0o644)
  _ = write(file, lines, lines.utf8.count)
  close(file)
}

/// Appends without end from several tasks, until a thread of the process kills it.
private func ingest(into place: String, ledger: String, round: Int) async throws {
  var random = SeededNumbers(state: UInt64(round))
  let acknowledgements = Int.random(in: 1...60, using: &random)
  let delay = UInt32.random(in: 0...3000, using: &random)
  let store = try Store(URL(fileURLWithPath: place))
  let (acknowledged, done) = AsyncStream.makeStream(of: Void.self)
  Thread.detachNewThread {
    Task {
      var count = 0
      for await _ in acknowledged {
        count += 1
        if count == acknowledgements { break }
      }
      usleep(delay)
      kill(getpid(), SIGKILL)
    }
  }
  try await withThrowingTaskGroup(of: Void.self) { group in
    for task in 0..<6 {
      group.addTask {
        for batch in 0... {
          try await appendBatch("\(round).\(task).\(batch)", to: store, ledger: ledger)
          store.record(exposure("\(round).\(task).\(batch)", user: "ada", ["item-0"]))
          done.yield()
        }
      }
    }
    try await group.waitForAll()
  }
}
