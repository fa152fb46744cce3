import CorralArtifacts
import CorralData
import Foundation

/// Runs a test in a directory of its own, which is removed afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = newTemporaryFolder()
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// A new name for a directory of a test's own.
func newTemporaryFolder() -> URL {
  FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
    .appendingPathComponent("corral-artifacts-\(UUID().uuidString)")
}

/// A manifest of a small model.
func exampleManifest(kind: String = "two-tower") -> Manifest {
  Manifest(
    kinds: ["retriever": kind],
    settings: .object(["retriever": .object(["dimension": .integer(64), "rate": .number(0.5)])]),
    data: .init(path: "log.inter", sha256: "ab", users: 2, items: 3, interactions: 4),
    metrics: .object(["recall@10": .number(0.25)]),
    created: .init(
      at: Date(timeIntervalSince1970: 0), by: "corral 0.1.0", machine: "test", seconds: 1.5))
}

/// Writes a small model whose only content is some words.
@discardableResult
func writeModel(_ words: String, to place: URL) throws -> SavedModel {
  try SavedModel.write(to: place, manifest: exampleManifest()) { try fill($0, words) }
}

/// The files of that model.
func fill(_ folder: ModelFolder, _ words: String) throws {
  try folder.write(Data(words.utf8), as: "words.txt")
  try folder.write(Vocabulary(["a", "b", "c"]), as: ModelFile.items)
}

/// The words of the model at a place, which must be whole.
func words(at place: URL) throws -> String {
  String(decoding: try SavedModel.open(place).data("words.txt"), as: UTF8.self)
}

/// The names in a directory, hidden ones too.
func names(in folder: URL) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}
