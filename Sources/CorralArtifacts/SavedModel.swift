package import CorralVectors
package import Foundation

/// A trained model on the disk: a directory that was checked to be whole.
///
/// `manifest.json` names every other file with its length and SHA-256. The weights are safetensors
/// files, the vocabularies text with an id on each line, so that Python reads a model with the
/// `safetensors` package alone. The directory stays open, so that a model is read to its end although
/// another one takes its place.
package struct SavedModel: Sendable {
  /// The directory.
  package let url: URL
  /// The description of the model.
  package let manifest: Manifest
  /// What the system could not confirm when the model was written, such as that its name is on the
  /// disk; `nil` if all went well, and for a model that was opened.
  package let unconfirmed: String?
  private let folder: OpenFolder

  init(_ folder: OpenFolder, manifest: Manifest, unconfirmed: String? = nil) {
    url = folder.url
    self.folder = folder
    self.manifest = manifest
    self.unconfirmed = unconfirmed
  }

  /// Opens a model and checks all of it: the format, and every file's length and SHA-256.
  ///
  /// Reads every byte once, a file a thread, at the speed of the disk or of SHA-256; memory is
  /// constant. A model that is replaced meanwhile is opened again, a few times. If a crash cut a
  /// replacement short, the model that was put aside is opened where it is. Nothing is moved: only
  /// writers move directories.
  ///
  /// - Throws: `ArtifactError` with the file and the reason.
  package static func open(_ url: URL) throws -> SavedModel {
    let url = url.resolvingSymlinksInPath()
    return try repeating { try openOnce(url) }
  }

  /// Runs a body, and runs it again a few times if it fails because the model that it read was replaced.
  package static func repeating<Result>(_ body: () throws -> Result) throws -> Result {
    for attempt in 1..<10 {
      do {
        return try body()
      } catch ArtifactError.replacedWhileReading {
        usleep(UInt32(attempt) * 2000)
      }
    }
    return try body()
  }

  private static func openOnce(_ url: URL) throws -> SavedModel {
    let folder: OpenFolder
    do {
      folder = try OpenFolder(url)
    } catch ArtifactError.notAModel(_, OpenFolder.isMissing) {
      guard let aside = FolderSwap.putAside(of: url) else {
        throw ArtifactError.notAModel(path: url.path, reason: OpenFolder.isMissing)
      }
      folder = try OpenFolder(aside)
    }
    return try folder.reading {
      let manifest: Manifest
      do {
        let text = try folder.file(Manifest.fileName).mapped()
        manifest = try Manifest(text, at: folder.url.appendingPathComponent(Manifest.fileName))
      } catch ArtifactError.missingFile {
        throw ArtifactError.notAModel(path: url.path, reason: "it has no \(Manifest.fileName)")
      }
      let model = SavedModel(folder, manifest: manifest)
      try model.verify()
      return model
    }
  }

  /// Whether the model has a file.
  package func contains(_ file: String) -> Bool { manifest.files[file] != nil }

  /// The bytes of a file, mapped into memory if the system can.
  package func data(_ file: String) throws -> Data { try reading { try self.file(file).mapped() } }

  /// The tensors of a safetensors file of the model.
  package func tensors(_ file: String) throws -> SafetensorsFile {
    try SafetensorsFile(data(file), at: url.appendingPathComponent(file))
  }

  /// The error for a damaged file.
  package func damaged(_ file: String, _ reason: String) -> ArtifactError {
    .damagedFile(path: url.appendingPathComponent(file).path, reason: reason)
  }

  /// Runs a body that reads files; if it throws and the model was replaced meanwhile, the error is
  /// `ArtifactError.replacedWhileReading`.
  func reading<Result>(_ body: () throws -> Result) throws -> Result { try folder.reading(body) }

  /// A file of the model; throws `ArtifactError.noSuchPart` for one it does not have.
  func file(_ name: String) throws -> OpenFile {
    guard contains(name) else { throw ArtifactError.noSuchPart(model: url.path, file: name) }
    return try folder.file(name)
  }

  /// Compares every file with the manifest: lengths first, because they are quick to see.
  private func verify() throws {
    let files = try manifest.files.sorted { $0.key < $1.key }.map { name, record in
      let file = try folder.file(name)
      if file.count != record.bytes {
        throw ArtifactError.wrongSize(path: file.path, expected: record.bytes, found: file.count)
      }
      return (file: file, sha256: record.sha256)
    }
    // The longest first, so that no thread begins it when the others are done.
    let order = files.indices.sorted { files[$0].file.count > files[$1].file.count }
    let results = Parallel.map(order.count, grain: 1) { place in
      Result { try FileHash.digest(of: files[order[place.lowerBound]].file).sha256 }
    }
    for (index, result) in zip(order, results).sorted(by: { $0.0 < $1.0 })
    where try result.get() != files[index].sha256 {
      throw ArtifactError.wrongChecksum(path: files[index].file.path)
    }
  }
}
