package import CorralData
import CorralVectors
import Foundation

extension ModelFolder {
  /// Writes texts of any bytes, such as titles, one on each line.
  ///
  /// A backslash is `\\`, a line feed `\n`, a carriage return `\r` and a tab `\t`.
  package func write(_ texts: Texts, as file: String) throws {
    try write(Data(Lines.encoded(texts)), as: file)
  }

  /// Writes a vocabulary: ids in order of position, one on each line.
  package func write(_ vocabulary: Vocabulary, as file: String) throws {
    try write(vocabulary.texts, as: file)
  }

  /// Writes histories: `values` `[interactions]` and `offsets` `[users + 1]`.
  package func write(_ histories: Ragged<ItemIndex>, as file: String) throws {
    try write(
      [
        SafetensorsTensor("values", histories.values.map(\.rawValue)),
        SafetensorsTensor("offsets", histories.offsets.map(Int64.init)),
      ], as: file)
  }

  /// Writes features, one or three tensors for each column.
  ///
  /// Column `i` of numbers is `i.values`, a float a row, and `i.standard`, the mean and deviation that
  /// standardise them, if it has grown. One of categories is `i.values`, positions
  /// in its vocabulary, `i.offsets`, where each row begins, and `i.vocabulary`, the bytes of its
  /// categories, one a line. The metadata's `columns` lists the names in order, one a line, `count`
  /// is the number of rows, and `tensors` says that columns are named by position.
  package func write(_ features: FeatureTable, as file: String) throws {
    var tensors: [SafetensorsTensor] = []
    for (position, column) in features.columns.enumerated() {
      let names = ColumnTensors(position)
      switch column.values {
      case .numbers(let numbers):
        tensors.append(SafetensorsTensor(names.values, numbers))
        if let standard = column.standardisation {
          tensors.append(
            SafetensorsTensor(names.standard, [standard.mean, standard.deviation]))
        }
      case .categories(let rows, let vocabulary):
        tensors += [
          SafetensorsTensor(names.values, rows.values),
          SafetensorsTensor(names.offsets, rows.offsets.map(Int64.init)),
          SafetensorsTensor(names.vocabulary, Lines.encoded(vocabulary.texts)),
        ]
      }
    }
    let names = String(
      decoding: Lines.encoded(Texts(features.columns.map(\.name))), as: UTF8.self)
    try write(
      tensors,
      metadata: [
        "columns": names, "count": String(features.count),
        ColumnTensors.key: ColumnTensors.byPosition,
      ], as: file)
  }
}

/// The names of the tensors that hold a column of features.
private struct ColumnTensors {
  /// The key of the metadata under which the naming of columns is noted.
  static let key = "tensors"
  /// Its value; files of format 1 have none, and name columns by their own names.
  static let byPosition = "by position"

  let values: String
  let offsets: String
  let vocabulary: String
  let standard: String

  /// The tensors of a column by its position, so that names of columns cannot clash.
  init(_ position: Int) { self.init("\(position)", values: "\(position).values") }

  /// The tensors of a column in a file of format 1.
  init(named name: String, in file: SafetensorsFile) {
    self.init(name, values: file.entries[name] == nil ? "\(name).values" : name)
  }

  private init(_ stem: String, values: String) {
    self.values = values
    offsets = "\(stem).offsets"
    vocabulary = "\(stem).vocabulary"
    standard = "\(stem).standard"
  }
}

extension SavedModel {
  /// Reads texts; no `String` is made until it is asked for.
  package func texts(_ file: String) throws -> Texts {
    let path = url.appendingPathComponent(file).path
    return try data(file).withUnsafeBytes { try Lines.decoded($0, path: path) }
  }

  /// Reads a vocabulary: about 50 ns an id.
  package func vocabulary(_ file: String) throws -> Vocabulary {
    let path = url.appendingPathComponent(file).path
    return try data(file).withUnsafeBytes { try Lines.vocabulary($0, path: path) }
  }

  /// Reads histories, and checks that every item is one of `itemCount`: at the speed of memory.
  package func histories(_ file: String = ModelFile.histories, itemCount: Int) throws
    -> Ragged<ItemIndex>
  {
    try tensors(file).ragged("values", "offsets", positions: itemCount)
  }

  /// Reads features.
  package func features(_ file: String) throws -> FeatureTable {
    let tensors = try tensors(file)
    let path = tensors.url.path
    guard let count = tensors.metadata["count"].flatMap(Int.init), count >= 0,
      let names = tensors.metadata["columns"]
    else { throw ArtifactError.damagedFile(path: path, reason: "its columns are not listed") }
    let isByPosition = tensors.metadata[ColumnTensors.key] == ColumnTensors.byPosition
    let listed = try Array(names.utf8).withUnsafeBytes { try Lines.decoded($0, path: path) }
    let columns = try listed.enumerated().map { position, name in
      let names =
        isByPosition ? ColumnTensors(position) : ColumnTensors(named: name, in: tensors)
      if tensors.entries[names.values]?.type == .float32 {
        return FeatureColumn(
          name: name, values: .numbers(try tensors.array(names.values, shape: [count])),
          standardisation: isByPosition ? try tensors.standardisation(names.standard) : nil)
      }
      let vocabulary = try tensors.withBytes(names.vocabulary, type: .uint8, shape: [nil]) {
        try Lines.vocabulary($0, path: path)
      }
      let rows: Ragged<Int32> = try tensors.ragged(
        names.values, names.offsets, positions: vocabulary.count)
      guard rows.count == count else {
        throw ArtifactError.damagedFile(
          path: path, reason: "column '\(name)' has \(rows.count) rows of \(count)")
      }
      return FeatureColumn(name: name, values: .categories(rows, vocabulary: vocabulary))
    }
    return FeatureTable(count: count, columns: columns)
  }
}

/// A position that is stored as four bytes.
private protocol Position: BitwiseCopyable, Sendable {}

extension Int32: Position {}
extension ItemIndex: Position {}

extension SafetensorsFile {
  /// How a column is standardised; `nil` if the file does not say it.
  fileprivate func standardisation(_ name: String) throws -> Standardisation? {
    guard entries[name] != nil else { return nil }
    let values: [Double] = try array(name, shape: [2])
    guard Standardisation.isPossible(values[0], values[1]) else {
      throw ArtifactError.damagedFile(
        path: url.path, reason: "'\(name)' holds \(values), which are no mean and deviation")
    }
    return Standardisation(mean: values[0], deviation: values[1])
  }

  /// Rows of positions below a bound, with every promise checked.
  fileprivate func ragged<Element: Position>(
    _ valuesName: String, _ offsetsName: String, positions: Int
  ) throws -> Ragged<Element> {
    let values = try withBytes(valuesName, type: .int32, shape: [nil]) { bytes in
      [Element](unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        count = bytes.count / 4
      }
    }
    // As unsigned numbers, negative positions are the largest of all.
    let largest = values.withUnsafeBytes { $0.bindMemory(to: UInt32.self).reduce(0, max) }
    let offsets: [Int64] = try array(offsetsName, shape: [nil])
    guard offsets.first == 0, offsets.last == Int64(values.count),
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
    else {
      throw ArtifactError.damagedFile(
        path: url.path, reason: "the rows of '\(offsetsName)' are not in order")
    }
    guard values.isEmpty || largest < positions else {
      throw ArtifactError.damagedFile(
        path: url.path, reason: "'\(valuesName)' has a position that is not below \(positions)")
    }
    return Ragged(values: values, offsets: offsets.map(Int.init))
  }
}

extension ModelFolder {
  /// Writes the names and vocabularies of contexts, as a feature table without rows; writes nothing if
  /// there are no contexts.
  package func write(_ context: ContextTable, as file: String) throws {
    if context.isEmpty { return }
    let columns = context.schema.columns.map { column in
      switch column.values {
      case .categories(_, let vocabulary):
        FeatureColumn(
          name: column.name,
          values: .categories(Ragged(values: [], offsets: [0]), vocabulary: vocabulary))
      case .numbers: FeatureColumn(name: column.name, values: .numbers([]))
      }
    }
    try write(FeatureTable(count: 0, columns: columns), as: file)
  }
}

extension SavedModel {
  /// Reads the names and vocabularies of contexts; an empty table if the model has none.
  package func context() throws -> ContextTable {
    guard contains(ModelFile.context) else { return ContextTable() }
    let columns = try features(ModelFile.context).columns.map { column in
      switch column.values {
      case .categories(_, let vocabulary):
        ContextColumn(name: column.name, values: .categories([], vocabulary: vocabulary))
      case .numbers: ContextColumn(name: column.name, values: .numbers([]))
      }
    }
    return ContextTable(count: 0, columns: columns)
  }
}
