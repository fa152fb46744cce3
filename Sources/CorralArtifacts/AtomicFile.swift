import CorralVectors
package import Foundation

/// Writes single files so that a crash leaves the old content or the new, never a mixture.
package enum AtomicFile {
  /// Replaces a file: written beside its place, brought to the disk, and renamed into it.
  ///
  /// Throws `ArtifactError`; the file is then as it was, and nothing is left beside it.
  package static func write(_ data: Data, to url: URL) throws {
    try write(to: url) { temporary in
      let file = try OutputFile(path: temporary.path)
      try file.write(data)
      try file.flush()
    }
  }

  /// Replaces a file by one that the closure writes; the closure is given a temporary place.
  ///
  /// Throws `ArtifactError`, or what the closure throws; the file is then as it was.
  package static func write(to url: URL, _ body: (URL) throws -> Void) throws {
    let folder = url.deletingLastPathComponent()
    let temporary = folder.appendingPathComponent(
      ".\(url.lastPathComponent).partial-\(UInt32.random(in: 0 ... .max))")
    do {
      try body(temporary)
      try flushToDisk(temporary.path)
      if rename(temporary.path, url.path) != 0 {
        throw ArtifactError.system(errno, path: url.path, writing: true)
      }
    } catch {
      unlink(temporary.path)
      // The file that was asked for says more than the name beside it.
      throw isDiskFull(error) ? ArtifactError.diskFull(path: url.path) : error
    }
    try flushToDisk(folder.path)
  }
}

/// Waits until a file's bytes, or the names in a directory, are on the disk.
func flushToDisk(_ path: String) throws {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  if descriptor < 0 { throw ArtifactError.system(errno, path: path, writing: true) }
  defer { close(descriptor) }
  // Some file systems cannot flush a directory (EINVAL) and order renames by themselves.
  if fsync(descriptor) != 0, errno != EINVAL {
    throw ArtifactError.system(errno, path: path, writing: true)
  }
}

/// Whether a writer failed because the disk is full.
func isDiskFull(_ error: any Error) -> Bool {
  switch error {
  case ArtifactError.diskFull: true
  case SafetensorsError.unwritable(_, let reason):
    [ENOSPC, EDQUOT].contains { reason == SystemReason.text($0) }
  default: false
  }
}
