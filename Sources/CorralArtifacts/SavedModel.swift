public import CorralVectors
public import Foundation

/// A trained model on the disk: a directory that is whole, or is refused.
///
/// `manifest.json` names every other file with its length and SHA-256. The weights are safetensors
/// files, the vocabularies text with one identifier a line, so that Python reads a model with the
/// `safetensors` package alone.
public struct SavedModel: Sendable {
  /// The directory.
  public let url: URL
  /// What the model says of itself.
  public let manifest: Manifest
  /// Tells this directory from another that took its place.
  let identity: FolderIdentity

  /// Opens a model and checks all of it: the format, and every file's length and SHA-256.
  ///
  /// Reads every byte once, at the speed of the disk or of SHA-256; memory is constant. A model
  /// whose replacement was cut short by a crash is found where it was put aside and moved back.
  ///
  /// - Throws: `ArtifactError` with the file and the reason.
  public static func open(_ url: URL) throws -> SavedModel {
    let url = url.resolvingSymlinksInPath()
    try FolderSwap.recover(url)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw ArtifactError.notAModel(path: url.path, reason: "there is no such directory")
    }
    guard isFolder.boolValue else {
      throw ArtifactError.notAModel(path: url.path, reason: "it is a file, not a directory")
    }
    let manifestURL = url.appendingPathComponent(Manifest.fileName)
    guard FileManager.default.fileExists(atPath: manifestURL.path) else {
      throw ArtifactError.notAModel(path: url.path, reason: "it has no \(Manifest.fileName)")
    }
    let identity = try FolderIdentity(of: url)
    let manifest = try Manifest(contentsOf: manifestURL)
    let model = SavedModel(url: url, manifest: manifest, identity: identity)
    try model.verify()
    return model
  }

  /// Whether the model has a file.
  public func contains(_ file: String) -> Bool { manifest.files[file] != nil }

  /// Where a file of the model is; throws `ArtifactError.noSuchPart` for one it does not have.
  public func url(of file: String) throws -> URL {
    guard contains(file) else { throw ArtifactError.noSuchPart(model: url.path, file: file) }
    return url.appendingPathComponent(file)
  }

  /// The bytes of a file.
  public func data(_ file: String) throws -> Data {
    try reading(file) { try Data(contentsOf: $0) }
  }

  /// The tensors of a safetensors file of the model.
  public func tensors(_ file: String) throws -> SafetensorsFile {
    try reading(file) { try SafetensorsFile($0) }
  }

  /// Reads a file through a closure, and makes sure that it was this model's.
  ///
  /// Throws `ArtifactError.replacedWhileReading` when another model has taken the directory's
  /// place since it was opened, so that parts of two models are never mixed.
  public func reading<Value>(_ file: String, _ body: (URL) throws -> Value) throws -> Value {
    let url = try url(of: file)
    do {
      let value = try body(url)
      try checkUnchanged()
      return value
    } catch {
      try checkUnchanged()
      throw error
    }
  }

  /// Throws `ArtifactError.replacedWhileReading` when this directory is no longer in its place.
  public func checkUnchanged() throws {
    guard let now = try? FolderIdentity(of: url), now == identity else {
      throw ArtifactError.replacedWhileReading(path: url.path)
    }
  }

  /// Compares every file with the manifest: lengths first, because they are quick to see.
  private func verify() throws {
    let files = manifest.files.sorted { $0.key < $1.key }
    for (name, record) in files {
      let path = url.appendingPathComponent(name).path
      guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
        attributes[.type] as? FileAttributeType == .typeRegular
      else { throw ArtifactError.missingFile(path: path) }
      let bytes = (attributes[.size] as? NSNumber)?.intValue ?? 0
      if bytes != record.bytes {
        throw ArtifactError.wrongSize(path: path, expected: record.bytes, found: bytes)
      }
    }
    for (name, record) in files {
      let file = url.appendingPathComponent(name)
      if try FileHash.sha256(of: file) != record.sha256 {
        throw ArtifactError.wrongChecksum(path: file.path)
      }
    }
    try checkUnchanged()
  }
}
