import CorralVectors
package import Foundation

/// Writes whole directories so that a crash leaves the old one or the new one, never a mixture.
///
/// A directory is filled under a hidden name beside its place and then moved into it. Whoever looks
/// for what others left, or moves directories, holds the lock of the directory around them; whoever
/// fills one holds the lock of that one. So writers never remove each other's work, and readers,
/// who take no lock, never move anything.
package enum AtomicFolder {
  /// The moments of writing at which tests try a crash.
  package enum Step: String, Sendable, CaseIterable {
    case started, filled, described, putAside, moved, removed
  }

  /// Writes a directory and moves it into its place.
  ///
  /// - Parameters:
  ///   - place: the directory to create or replace; its parents are created.
  ///   - check: throws when what is in the place must not be replaced.
  ///   - swap: how the new directory takes the place of the old one.
  ///   - step: is called at each moment of the writing.
  ///   - fill: writes the files into the directory it is given.
  /// - Returns: what the system could not confirm after the new directory was in its place.
  /// - Throws: `ArtifactError`, or what the closures throw; the place is then as it was.
  package static func write(
    to place: URL, replacing check: (URL) throws -> Void, by swap: FolderSwap = .exchange,
    at step: (Step) -> Void = { _ in }, fill: (URL) throws -> Void
  ) throws -> String? {
    let parent = place.deletingLastPathComponent()
    try create(parent)
    let around = try SharedFolder(parent)
    let (partial, lock) = try around.locked {
      try FolderSwap.recover(place)
      try check(place)
      FolderSwap.sweep(place)
      let partial = FolderSwap.sibling(of: place, "partial")
      try create(partial)
      // Nobody else looks at it before it is locked: that needs the lock around it.
      return (partial, FolderLock(partial))
    }
    defer { lock?.release() }
    do {
      step(.started)
      try fill(partial)
      try flushToDisk(partial.path)
      step(.described)
      let (old, unconfirmed) = try around.locked {
        let old = try swap.move(partial, into: place, interrupted: step)
        // The new directory stands in its place now, so a failure must not say that it does not.
        return (old, around.flush())
      }
      step(.moved)
      if let old { try? FileManager.default.removeItem(at: old) }
      step(.removed)
      return unconfirmed
    } catch {
      try? FileManager.default.removeItem(at: partial)
      throw error
    }
  }

  /// The names in a directory, none if it does not exist; throws if a file is in its place.
  package static func names(in place: URL) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) else {
      return []
    }
    guard isFolder.boolValue else { throw ArtifactError.notReplaceable(path: place.path) }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: place.path)
    } catch {
      throw ArtifactError.system(
        SystemReason.number(of: error) ?? EIO, path: place.path, writing: false)
    }
  }

  /// Makes a directory and its parents, unless they exist.
  static func create(_ url: URL) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) {
      if isFolder.boolValue { return }
      throw ArtifactError.unwritable(path: url.path, reason: "it is a file, not a directory")
    }
    let parent = url.deletingLastPathComponent()
    if parent.path != url.path { try create(parent) }
    if mkdir(url.path, 0o777) != 0, errno != EEXIST {
      throw ArtifactError.system(errno, path: url.path, writing: true)
    }
  }
}

/// A directory in which several processes write theirs: open, so that it can be locked and flushed.
private final class SharedFolder {
  private let url: URL
  private let descriptor: Int32

  init(_ url: URL) throws {
    self.url = url
    descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { throw ArtifactError.system(errno, path: url.path, writing: true) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Runs a body while no other process looks for directories here, or moves them.
  ///
  /// Throws `ArtifactError.busy` when another one does for half a minute. Where the file system has
  /// no locks the body runs without one.
  func locked<Result>(_ body: () throws -> Result) throws -> Result {
    let deadline = ContinuousClock.now + .seconds(30)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0, [EWOULDBLOCK, EINTR].contains(errno) {
      if ContinuousClock.now > deadline { throw ArtifactError.busy(path: url.path) }
      usleep(5000)
    }
    defer { flock(descriptor, LOCK_UN) }
    return try body()
  }

  /// Brings the names in the directory to the disk; returns what kept them from it.
  func flush() -> String? {
    // Some file systems cannot flush a directory (EINVAL) and order renames by themselves.
    fsync(descriptor) == 0 || errno == EINVAL ? nil : SystemReason.text(errno)
  }
}
