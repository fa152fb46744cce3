public import Foundation

extension SavedModel {
  /// The moments of writing a model at which a crash is tried in tests.
  package enum Step: String, Sendable, CaseIterable {
    case started, filled, described, putAside, moved, removed
  }

  /// Writes a model: beside its place, to the disk, and renamed into it.
  ///
  /// The closure writes the files into the folder it is given; they are then hashed and named in
  /// the manifest. Whatever happens and whenever, the place holds the previous model whole or the
  /// new one whole; when something is thrown, it is the previous one, and nothing is left beside it.
  /// Costs one more reading of the files, and the space of both models until the old one is removed.
  ///
  /// - Parameters:
  ///   - place: the directory to create or replace; its parents are created.
  ///   - manifest: what the model says of itself; its list of files is filled in.
  ///   - files: writes the files.
  /// - Returns: the model in its place.
  /// - Throws: `ArtifactError`, or what the closure throws.
  @discardableResult
  public static func write(
    to place: URL, manifest: Manifest, files: (ModelFolder) throws -> Void
  ) throws -> SavedModel {
    try write(to: place, manifest: manifest, swap: .exchange, at: { _ in }, files: files)
  }

  /// The same, with a choice of how to replace and a place to interrupt it: for tests.
  @discardableResult
  package static func write(
    to place: URL, manifest: Manifest, swap: FolderSwap, at step: (Step) -> Void,
    files: (ModelFolder) throws -> Void
  ) throws -> SavedModel {
    let place = place.resolvingSymlinksInPath()
    let parent = place.deletingLastPathComponent()
    try createFolder(parent)
    try FolderSwap.recover(place)
    try checkReplaceable(place)
    FolderSwap.sweep(place)
    let partial = FolderSwap.sibling(of: place, "partial")
    try createFolder(partial)
    let lock = FolderLock(partial)
    defer { lock?.release() }
    do {
      step(.started)
      try files(ModelFolder(url: partial))
      step(.filled)
      var manifest = manifest
      manifest.files = try records(in: partial)
      let file = try OutputFile(
        path: partial.appendingPathComponent(Manifest.fileName).path)
      try file.write(manifest.encoded())
      try file.flush()
      try flushToDisk(partial.path)
      step(.described)
      let old = try swap.move(partial, into: place, interrupted: step)
      try flushToDisk(parent.path)
      step(.moved)
      if let old { try? FileManager.default.removeItem(at: old) }
      step(.removed)
      return SavedModel(
        url: place, manifest: manifest, identity: try FolderIdentity(of: place))
    } catch {
      try? FolderSwap.recover(place)
      try? FileManager.default.removeItem(at: partial)
      throw error
    }
  }

  /// Only a model, an empty directory, or nothing at all gives way.
  private static func checkReplaceable(_ place: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) else { return }
    let manifest = place.appendingPathComponent(Manifest.fileName)
    if isFolder.boolValue {
      if FileManager.default.fileExists(atPath: manifest.path) { return }
      let contents = try? FileManager.default.contentsOfDirectory(atPath: place.path)
      if contents?.isEmpty == true { return }
    }
    throw ArtifactError.notReplaceable(path: place.path)
  }

  private static func createFolder(_ url: URL) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) {
      if isFolder.boolValue { return }
      throw ArtifactError.unwritable(path: url.path, reason: "it is a file, not a directory")
    }
    let parent = url.deletingLastPathComponent()
    if parent.path != url.path { try createFolder(parent) }
    if mkdir(url.path, 0o777) != 0, errno != EEXIST {
      throw ArtifactError.system(errno, path: url.path, writing: true)
    }
  }

  /// Hashes every file in the folder and brings it to the disk.
  private static func records(in folder: URL) throws -> [String: Manifest.FileRecord] {
    var records: [String: Manifest.FileRecord] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() {
      let url = folder.appendingPathComponent(name)
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      try flushToDisk(url.path)
      if isFolder.boolValue { continue }
      let digest = try FileHash.digest(of: url)
      records[name] = Manifest.FileRecord(bytes: digest.bytes, sha256: digest.sha256)
    }
    return records
  }
}
