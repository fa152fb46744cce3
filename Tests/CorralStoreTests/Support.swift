import CorralStore
import Foundation
import GRDB
import Testing

/// Calls `body` with the store of a new directory, which is closed and removed afterwards.
func withStore(
  _ settings: StoreSettings = StoreSettings(), _ body: (Store) async throws -> Void
) async throws {
  let folder = newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let store = try Store(folder, settings: settings)
  defer { try? store.close() }
  try await body(store)
}

/// The path of a directory that is not there yet.
func newFolder() -> URL {
  FileManager.default.temporaryDirectory
    .appendingPathComponent("corral-store-\(UUID().uuidString)", isDirectory: true)
}

/// The path of the file of a store.
func databasePath(_ folder: URL) -> String {
  folder.appendingPathComponent("events.sqlite").path
}

/// All bytes of all files of a store, one file after the other.
func bytes(of folder: URL) throws -> Data {
  try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    .sorted { $0.path < $1.path }.map { try Data(contentsOf: $0) }.reduce(Data(), +)
}

/// Runs `body` while another connection holds the lock for writing of a store's file.
func whileLocked(_ folder: URL, _ body: () async throws -> Void) async throws {
  var configuration = Configuration()
  configuration.allowsUnsafeTransactions = true
  let other = try DatabaseQueue(path: databasePath(folder), configuration: configuration)
  try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
  var failure: (any Error)?
  do { try await body() } catch { failure = error }
  try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
  try other.close()
  if let failure { throw failure }
}

/// Checks that SQLite finds nothing wrong in the file of a store that is closed.
func expectWhole(_ folder: URL, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let queue = try DatabaseQueue(path: databasePath(folder))
  let found = try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
  try queue.close()
  #expect(found == ["ok"], sourceLocation: sourceLocation)
}

/// Waits, without a limit, until a condition holds.
func wait(until isMet: () async throws -> Bool) async throws {
  while try await !isMet() { try await Task.sleep(for: .milliseconds(1)) }
}

/// A small generator of random numbers (SplitMix64), for tests that are to be the same every time.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// An event that sets only what a test looks at.
func event(
  _ user: String, _ item: String, id: String? = nil, type: String = "click", request: String? = nil
) -> Event {
  Event(id: id, user: user, item: item, type: type, request: request)
}

/// An exposure of items, all from one source.
func exposure(
  _ request: String, user: String?, _ items: [String], source: String = "retriever",
  arm: String? = nil, time: Double = 1_700_000_000
) -> Exposure {
  Exposure(
    request: request, user: user, time: Date(timeIntervalSince1970: time), model: "m-1", arm: arm,
    items: items.enumerated().map { place, id in
      Exposure.Item(id: id, position: place, source: source, stage: "ranker")
    })
}
