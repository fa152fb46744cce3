import CorralVectors
package import Foundation

extension SavedModel {
  /// Writes a model: beside its place, to the disk, and renamed into it.
  ///
  /// The closure writes the files into a folder; they are then hashed and listed in the manifest. At
  /// every moment the place holds the previous model or the new one, and either is whole. If something
  /// is thrown, it holds the previous one, and nothing is left beside it. Costs one more reading of the
  /// files, and the space of both models until the old one is removed.
  ///
  /// - Parameters:
  ///   - place: the directory to create or replace; its parents are created.
  ///   - manifest: the description of the model; its list of files is filled in.
  ///   - files: writes the files.
  /// - Returns: the model in its place.
  /// - Throws: `ArtifactError`, or what the closure throws.
  @discardableResult
  package static func write(
    to place: URL, manifest: Manifest, files: (ModelFolder) throws -> Void
  ) throws -> SavedModel {
    try write(to: place, manifest: manifest, swap: .exchange, at: { _ in }, files: files)
  }

  /// The same for tests, which choose how to replace and interrupt it.
  @discardableResult
  package static func write(
    to place: URL, manifest: Manifest, swap: FolderSwap, at step: (AtomicFolder.Step) -> Void,
    files: (ModelFolder) throws -> Void
  ) throws -> SavedModel {
    let place = place.resolvingSymlinksInPath()
    var manifest = manifest
    let unconfirmed = try AtomicFolder.write(
      to: place, replacing: checkReplaceable, by: swap, at: step
    ) { partial in
      try files(ModelFolder(url: partial))
      step(.filled)
      manifest.files = try records(in: partial)
      let file = try OutputFile(path: partial.appendingPathComponent(Manifest.fileName).path)
      try file.write(manifest.encoded())
      try file.flush()
    }
    return SavedModel(try OpenFolder(place), manifest: manifest, unconfirmed: unconfirmed)
  }

  /// Throws `ArtifactError.notReplaceable` unless a place holds a model, an empty directory, or
  /// nothing at all.
  package static func checkReplaceable(_ place: URL) throws {
    if FileManager.default.fileExists(
      atPath: place.appendingPathComponent(Manifest.fileName).path)
    {
      return
    }
    if try AtomicFolder.names(in: place).isEmpty { return }
    throw ArtifactError.notReplaceable(path: place.path)
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
      let digest = try FileHash.digest(of: OpenFile(path: url.path))
      records[name] = Manifest.FileRecord(bytes: digest.bytes, sha256: digest.sha256)
    }
    return records
  }
}
