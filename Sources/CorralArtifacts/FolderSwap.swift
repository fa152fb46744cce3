import CorralVectors
import Foundation

/// How a finished directory takes the place of another.
package enum FolderSwap: Sendable {
  /// In one step, by the system's exchange of two names: there is always a model in the place.
  case exchange
  /// In two steps, where the file system cannot exchange: the old one is put aside, then the new
  /// one renamed. In between the place is empty: readers find the old one where it was put, and the
  /// next writer moves it back.
  case putAside

  /// Moves a directory into its place; what was there is at the returned path, to be removed.
  ///
  /// Throws `ArtifactError`; the place is then as it was.
  func move(
    _ folder: URL, into place: URL, interrupted: (AtomicFolder.Step) -> Void
  ) throws -> URL? {
    guard FileManager.default.fileExists(atPath: place.path) else {
      try Self.rename(folder, to: place)
      return nil
    }
    if self == .exchange, try Self.exchange(folder, place) { return folder }
    let aside = Self.sibling(of: place, "previous")
    try Self.rename(place, to: aside)
    interrupted(.putAside)
    do {
      try Self.rename(folder, to: place)
    } catch {
      try Self.rename(aside, to: place)
      throw error
    }
    return aside
  }

  /// The directory that an unfinished replacement has put aside.
  static func putAside(of place: URL) -> URL? { siblings(of: place, "previous").first }

  /// Puts back what was put aside by a replacement that never finished; only for the writer who has
  /// the lock of the directory around the place.
  static func recover(_ place: URL) throws {
    if FileManager.default.fileExists(atPath: place.path) { return }
    if let aside = putAside(of: place) { try rename(aside, to: place) }
  }

  /// Removes what dead writers left beside the place; writers at work hold a lock.
  ///
  /// Only for the writer who has the lock of the directory around the place.
  static func sweep(_ place: URL) {
    for folder in siblings(of: place, "partial") + siblings(of: place, "previous") {
      guard let lock = FolderLock(folder) else { continue }
      try? FileManager.default.removeItem(at: folder)
      lock.release()
    }
  }

  /// A new hidden name in the same directory as the place.
  static func sibling(of place: URL, _ purpose: String) -> URL {
    place.deletingLastPathComponent().appendingPathComponent(
      prefix(place, purpose) + String(UInt32.random(in: 0 ... .max), radix: 36))
  }

  private static func siblings(of place: URL, _ purpose: String) -> [URL] {
    let parent = place.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
    return names.filter { $0.hasPrefix(prefix(place, purpose)) }.sorted()
      .map { parent.appendingPathComponent($0) }
  }

  private static func prefix(_ place: URL, _ purpose: String) -> String {
    ".\(place.lastPathComponent).\(purpose)-"
  }

  private static func rename(_ from: URL, to place: URL) throws {
    if Foundation.rename(from.path, place.path) != 0 {
      throw ArtifactError.system(errno, path: place.path, writing: true)
    }
  }

  /// Exchanges two names in one step; false where the file system cannot.
  private static func exchange(_ first: URL, _ second: URL) throws -> Bool {
    #if canImport(Darwin)
      let result = renamex_np(first.path, second.path, UInt32(RENAME_SWAP))
    #else
      // Looked up by name: Swift's view of the C library leaves it out, and old ones have none.
      guard let symbol = dlsym(nil, "renameat2") else { return false }
      typealias Rename =
        @convention(c) (
          Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
        ) -> Int32
      let exchangeNames: UInt32 = 2
      let result = unsafeBitCast(symbol, to: Rename.self)(
        AT_FDCWD, first.path, AT_FDCWD, second.path, exchangeNames)
    #endif
    if result == 0 { return true }
    if [EINVAL, ENOSYS, ENOTSUP, EXDEV].contains(errno) { return false }
    throw ArtifactError.system(errno, path: second.path, writing: true)
  }
}

/// A lock on a directory that its writer holds, and the system lets go when the writer dies.
struct FolderLock {
  private let descriptor: Int32

  /// Takes the lock; `nil` when another process has it.
  init?(_ folder: URL) {
    descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { return nil }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      close(descriptor)
      return nil
    }
  }

  func release() { close(descriptor) }
}
