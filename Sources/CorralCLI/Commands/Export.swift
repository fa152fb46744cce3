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
      id stands in the first column. An id has its own bytes, but for a line feed, a carriage return, \
      a tab and a backslash, which are \\n, \\r, \\t and \\\\. The folder must be new, empty, or an \
      earlier export, which is replaced.
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
    if let out { try OutputPlace.check(out) }
    let opened = try OpenedModel(model)
    try opened.checkInnerProducts("an export")
    let folder = URL(filePath: out ?? URL(filePath: model).standardizedFileURL.path + "-export")
      .resolvingSymlinksInPath()
    let users = opened.model.queries(0..<opened.users.count, histories: opened.histories)
    var written: [String] = []
    let unconfirmed = try AtomicFolder.write(to: folder, replacing: ExportRecord.checkReplaceable) {
      written = try write(users: users, of: opened, to: $0)
      try ExportRecord(format: format.rawValue, files: written).write(to: $0)
    }
    if let unconfirmed {
      console.warn("\(folder.path) is written, but may be lost in a power cut: \(unconfirmed)")
    }
    try console.printJSON(
      Output(
        format: format.rawValue, path: folder.path, files: written, users: opened.users.count,
        items: opened.items.count, dimension: users.columns,
        interests: users.rows / max(opened.users.count, 1)))
    console.print(
      """
      \(Format.counted(users.rows, "vector")) of \(Format.counted(opened.users.count, "user")) and \
      \(Format.counted(opened.items.count, "item")), \(Format.counted(users.columns, "number")) each, in \
      \(folder.path): \(written.joined(separator: ", "))
      """)
  }

  private func write(users: Matrix, of opened: OpenedModel, to folder: URL) throws -> [String] {
    let items = opened.model.itemVectors()
    func write(_ name: String, _ data: Data) throws -> String {
      try AtomicFile.write(data, to: folder.appending(path: name))
      return name
    }
    // A user with several interests has as many rows.
    let interests = users.rows / max(opened.users.count, 1)
    func ids(_ vocabulary: Vocabulary, each: Int = 1) -> Data {
      Data(Lines.encoded(vocabulary.texts, each: each))
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

  /// Throws `InputError` for a folder that holds anything besides an earlier export.
  static func checkReplaceable(_ folder: URL) throws {
    let names = try AtomicFolder.names(in: folder)
    if names.isEmpty { return }
    let text = try? Data(contentsOf: folder.appending(path: fileName))
    let record = text.flatMap { try? JSONDecoder().decode(ExportRecord.self, from: $0) }
    let own =
      record?.writer == ExportRecord(format: "", files: []).writer
      ? (record?.files ?? []) + [fileName] : []
    if let other = names.sorted().first(where: { !own.contains($0) }) {
      throw InputError.other(
        """
        \(folder.path) holds \(other), which no export wrote, so it is not replaced; give another \
        --out, or remove it first
        """)
    }
  }
}
