import ArgumentParser
import CorralArtifacts
import CorralData
import CorralVectors
import Foundation

/// `corral export DIR`: the vectors of a model, for other programs.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the vectors of users and items for other programs.",
    discussion: """
      A score is the inner product of a user's vector and an item's, the largest one where users \
      have several. Row n of a matrix belongs to line n of users.txt or items.txt; in TSV files the \
      identifier stands in the first column.
      """)

  /// What the vectors are written as.
  enum FileFormat: String, ExpressibleByArgument, CaseIterable {
    case safetensors
    case npy
    case tsv
  }

  @Argument(help: "The directory of a saved model.")
  var model: String

  @Option(help: "The format: safetensors, npy or tsv.")
  var format: FileFormat

  @Option(help: ArgumentHelp("Where to write; by default MODEL-export.", valueName: "dir"))
  var out: String?

  @OptionGroup var output: OutputOptions

  func run() throws {
    let console = output.console
    let opened = try OpenedModel(model)
    try opened.checkInnerProducts("an export")
    let folder = URL(filePath: out ?? URL(filePath: model).standardizedFileURL.path + "-export")
    let users = opened.model.queries(0..<opened.users.count, histories: opened.histories)
    let written = try write(users: users, of: opened, to: folder)
    try console.printJSON(
      Output(
        format: format.rawValue, path: folder.path, files: written, users: opened.users.count,
        items: opened.items.count, dimension: users.columns,
        interests: users.rows / max(opened.users.count, 1)))
    console.print(
      """
      \(Format.count(users.rows)) vectors of \(Format.count(opened.users.count)) users and \
      \(Format.count(opened.items.count)) items, \(users.columns) numbers each, in \
      \(folder.path): \(written.joined(separator: ", "))
      """)
  }

  private func write(users: Matrix, of opened: OpenedModel, to folder: URL) throws -> [String] {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let items = opened.model.itemVectors()
    func write(_ name: String, _ data: Data) throws -> String {
      try AtomicFile.write(data, to: folder.appending(path: name))
      return name
    }
    // A user with several interests has as many rows.
    let interests = users.rows / max(opened.users.count, 1)
    func ids(_ vocabulary: Vocabulary, each: Int = 1) -> Data {
      Data(vocabulary.ids.map { String(repeating: $0 + "\n", count: each) }.joined().utf8)
    }
    switch format {
    case .safetensors:
      let file = folder.appending(path: "vectors.safetensors")
      try SafetensorsFile.write(
        [SafetensorsTensor("users", users), SafetensorsTensor("items", items)],
        metadata: ["kind": opened.kind], to: file)
      return [
        file.lastPathComponent, try write("users.txt", ids(opened.users, each: interests)),
        try write("items.txt", ids(opened.items)),
      ]
    case .npy:
      return [
        try write("users.npy", numpy(users)), try write("items.npy", numpy(items)),
        try write("users.txt", ids(opened.users, each: interests)),
        try write("items.txt", ids(opened.items)),
      ]
    case .tsv:
      return [
        try write("users.tsv", table(users, opened.users, each: interests)),
        try write("items.tsv", table(items, opened.items)),
      ]
    }
  }

  private struct Output: Encodable {
    let format: String
    let path: String
    let files: [String]
    let users: Int
    let items: Int
    let dimension: Int
    let interests: Int
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

/// A matrix as lines of an identifier and the elements, with tabs between them.
private func table(_ matrix: Matrix, _ ids: Vocabulary, each: Int = 1) -> Data {
  var data = Data()
  for row in 0..<matrix.rows {
    data.append(Data(ids[row / each].utf8))
    for value in matrix[row] { data.append(Data("\t\(value)".utf8)) }
    data.append(10)
  }
  return data
}
