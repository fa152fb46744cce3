import CorralArtifacts
package import Foundation

/// Which model a folder holds.
package struct ModelVersion: Sendable, Hashable, CustomStringConvertible {
  /// The name of the folder.
  package let name: String
  /// The SHA-256 of its manifest, which holds those of all other files.
  package let hash: String

  /// The version of the model in a folder now.
  ///
  /// - Throws: `ArtifactError` for a folder without a manifest.
  package init(of folder: URL) throws {
    name = folder.standardizedFileURL.lastPathComponent
    hash = try FileHash.sha256(of: Self.manifest(of: folder))
  }

  /// The name of the folder and the first eight digits of the hash.
  package var description: String { "\(name)-\(hash.prefix(8))" }

  /// The manifest of a folder.
  static func manifest(of folder: URL) -> URL {
    folder.appendingPathComponent(Manifest.fileName)
  }
}

/// What the system says of a manifest without reading it: it changes when the file is replaced.
struct ManifestMark: Equatable {
  private let device: UInt64
  private let node: UInt64
  private let bytes: Int64
  private let seconds: Int
  private let nanoseconds: Int

  /// The mark of the manifest of a folder; `nil` if there is none.
  init?(of folder: URL) {
    var status = stat()
    guard stat(ModelVersion.manifest(of: folder).path, &status) == 0 else { return nil }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    node = UInt64(truncatingIfNeeded: status.st_ino)
    bytes = Int64(status.st_size)
    #if canImport(Darwin)
      let modified = status.st_mtimespec
    #else
      let modified = status.st_mtim
    #endif
    (seconds, nanoseconds) = (modified.tv_sec, modified.tv_nsec)
  }
}
