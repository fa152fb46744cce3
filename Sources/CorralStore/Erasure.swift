import Foundation
import GRDB

/// Takes the last traces of deleted texts out of the files of a store.
///
/// `secure_delete` overwrites a row that is deleted, but not the copies that a split or a merger of
/// pages left in their gaps: about one deleted row in three hundred. So the files are searched.
struct Erasure: Sendable {
  let pool: DatabasePool
  let directory: URL

  /// Erases texts that were deleted, without blocking a thread of tasks.
  func erase(_ texts: [String]) async throws {
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, any Error>) in
      DispatchQueue.global().async {
        continuation.resume(
          with: Result {
            do {
              try emptyLog()
              if try texts.contains(where: isFound) { try rewrite() }
            } catch { throw StoreError(error, path: directory.path) }
          })
      }
    }
  }

  /// Writes the whole file anew, and empties the log.
  func rewrite() throws {
    try pool.vacuum()
    try emptyLog()
  }

  /// Moves the log of changes into the file and cuts it to nothing; waits for readers.
  private func emptyLog() throws {
    try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
  }

  /// Whether the beginning of a text is among the bytes of the file.
  ///
  /// The log holds nothing else: it was emptied, and every page in it since is in the file too. The file
  /// is read through SQLite's own descriptor, since to close another one would drop its locks.
  private func isFound(_ text: String) throws -> Bool {
    // Longer rows are spread over pages.
    let needle = Array(text.utf8.prefix(128))
    return try pool.unsafeRead { db in
      let file = try DatabaseFile(db)
      var piece = [UInt8](repeating: 0, count: 4 << 20)
      var place = Int64(0)
      while place < file.count {
        let count = try file.read(at: place, into: &piece)
        if Self.holds(piece[..<count], needle) { return true }
        // The pieces overlap.
        place += count < piece.count ? Int64(count) : Int64(count - needle.count + 1)
      }
      return false
    }
  }

  /// Whether bytes stand somewhere among others.
  private static func holds(_ bytes: ArraySlice<UInt8>, _ needle: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      needle.withUnsafeBytes { needle in
        guard let start = bytes.baseAddress, let sought = needle.baseAddress else { return false }
        var place = 0
        while place + needle.count <= bytes.count,
          let found = memchr(
            start + place, Int32(needle[0]), bytes.count - needle.count - place + 1)
        {
          if memcmp(found, sought, needle.count) == 0 { return true }
          place = UnsafeRawPointer(found) - start + 1
        }
        return false
      }
    }
  }
}
