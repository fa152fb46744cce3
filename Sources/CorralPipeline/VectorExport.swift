import CorralArtifacts
import CorralData
import CorralModels
package import CorralVectors
package import Foundation

/// The vectors of a model's users and items in files for other programs.
///
/// A score is the inner product of a user's vector and an item's, the largest one where users have
/// several.
package struct VectorExport {
  /// What the vectors are written as.
  package enum Format: String, CaseIterable, Sendable {
    case safetensors
    case npy
    case tsv
  }

  /// The vectors of the users, `[users * interests, dimension]`.
  package let users: Matrix
  private let model: OpenedModel
  private let format: Format

  /// The vectors of a model; throws `PipelineError` where its scores are no inner products.
  package init(_ model: OpenedModel, as format: Format) throws {
    try model.checkInnerProducts("an export")
    if let tasks = model.model.network?.tasks {
      throw PipelineError.other(
        "\(model.path) has another vector of a user for each of its \(tasks.count) clusters, and their "
          + "scores cannot be compared: export a model whose clusters.task is none")
    }
    self.model = model
    self.format = format
    users = model.model.queries(0..<model.users.count, histories: model.histories)
  }

  /// The number of vectors of a user, which are neighbouring rows of the matrix.
  package var interests: Int { users.rows / max(model.users.count, 1) }

  /// Writes the files into a folder, which is new, empty, or an earlier export.
  ///
  /// - Returns: the names of the files, and what the system could not confirm.
  package func write(to folder: URL) throws -> (files: [String], unconfirmed: String?) {
    var written: [String] = []
    let unconfirmed = try AtomicFolder.write(to: folder, replacing: ExportRecord.checkReplaceable) {
      written = try files(in: $0)
      try ExportRecord(format: format.rawValue, files: written).write(to: $0)
    }
    return (written, unconfirmed)
  }

  private func files(in folder: URL) throws -> [String] {
    let items = model.model.itemVectors()
    func write(_ name: String, _ data: Data) throws -> String {
      try AtomicFile.write(data, to: folder.appending(path: name))
      return name
    }
    func ids(_ vocabulary: Vocabulary, each: Int = 1) -> Data {
      Data(Lines.encoded(vocabulary.texts, each: each))
    }
    switch format {
    case .safetensors:
      let file = folder.appending(path: "vectors.safetensors")
      try SafetensorsFile.write(
        [SafetensorsTensor("users", users), SafetensorsTensor("items", items)],
        metadata: ["kind": model.kind], to: file)
      return [
        file.lastPathComponent, try write("users.txt", ids(model.users, each: interests)),
        try write("items.txt", ids(model.items)),
      ]
    case .npy:
      return [
        try write("users.npy", numpy(users)), try write("items.npy", numpy(items)),
        try write("users.txt", ids(model.users, each: interests)),
        try write("items.txt", ids(model.items)),
      ]
    case .tsv:
      return [
        try write("users.tsv", table(users, model.users, each: interests)),
        try write("items.tsv", table(items, model.items)),
      ]
    }
  }
}

/// A matrix as NumPy's format 1.0: a header padded to 64 bytes, then the elements.
private func numpy(_ matrix: Matrix) -> Data {
  let shape =
    "{'descr': '<f4', 'fortran_order': False, 'shape': (\(matrix.rows), \(matrix.columns)), }"
  let length = (10 + shape.utf8.count + 1 + 63) / 64 * 64 - 10
  let header = shape + String(repeating: " ", count: length - shape.utf8.count - 1) + "\n"
  var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
  data.append(contentsOf: [UInt8(length & 255), UInt8(length >> 8)])
  data.append(Data(header.utf8))
  matrix.values.withUnsafeBytes { data.append(contentsOf: $0) }
  return data
}

/// A matrix as lines of an id and the elements, with tabs between them.
private func table(_ matrix: Matrix, _ ids: Vocabulary, each: Int = 1) -> Data {
  var bytes: [UInt8] = []
  for row in 0..<matrix.rows {
    ids.texts.withBytes(at: row / each) { Lines.append($0, to: &bytes) }
    for value in matrix[row] { bytes.append(contentsOf: "\t\(value)".utf8) }
    bytes.append(UInt8(ascii: "\n"))
  }
  return Data(bytes)
}

/// What marks a folder as an export: its format and the names of its files, in `export.json`.
private struct ExportRecord: Codable {
  static let fileName = "export.json"

  var writer = "corral export"
  let format: String
  let files: [String]

  init(format: String, files: [String]) {
    self.format = format
    self.files = files
  }

  func write(to folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(
      encoder.encode(self) + Data("\n".utf8), to: folder.appending(path: Self.fileName))
  }

  /// Throws `PipelineError` if the folder holds files that no export wrote.
  static func checkReplaceable(_ folder: URL) throws {
    let names = try AtomicFolder.names(in: folder)
    if names.isEmpty { return }
    let text = try? Data(contentsOf: folder.appending(path: fileName))
    let record = text.flatMap { try? JSONDecoder().decode(ExportRecord.self, from: $0) }
    let own =
      record?.writer == ExportRecord(format: "", files: []).writer
      ? (record?.files ?? []) + [fileName] : []
    if let other = names.sorted().first(where: { !own.contains($0) }) {
      throw PipelineError.other(
        """
        \(folder.path) holds \(other), which no export wrote, so it is not replaced; give another \
        --out, or remove it first
        """)
    }
  }
}
