public import CorralData
import CorralVectors
import Foundation

extension ModelFolder {
  /// Writes entries of text, one a line, such as titles.
  public func write(lines: [String], as file: String) throws {
    try write(Data(Lines.encoded(lines)), as: file)
  }

  /// Writes a vocabulary: identifiers in order of position, one a line.
  public func write(_ vocabulary: Vocabulary, as file: String) throws {
    try write(lines: vocabulary.ids, as: file)
  }

  /// Writes histories: `values` `[interactions]` and `offsets` `[users + 1]`.
  public func write(_ histories: Ragged<ItemIndex>, as file: String) throws {
    try write(
      [
        SafetensorsTensor("values", histories.values.map(\.rawValue)),
        SafetensorsTensor("offsets", histories.offsets.map(Int64.init)),
      ], as: file)
  }

  /// Writes features, one or more tensors for each column.
  ///
  /// A column `year` of numbers is `year`; a column `genres` of categories is `genres.values`,
  /// `genres.offsets`, and the bytes of its vocabulary, one category a line, `genres.vocabulary`.
  /// The metadata's `columns` lists the names in order, one a line, and `count` the rows.
  public func write(_ features: FeatureTable, as file: String) throws {
    var tensors: [SafetensorsTensor] = []
    for column in features.columns {
      switch column.values {
      case .numbers(let numbers):
        tensors.append(SafetensorsTensor(column.name, numbers))
      case .categories(let rows, let vocabulary):
        tensors += [
          SafetensorsTensor("\(column.name).values", rows.values),
          SafetensorsTensor("\(column.name).offsets", rows.offsets.map(Int64.init)),
          SafetensorsTensor("\(column.name).vocabulary", Lines.encoded(vocabulary.ids)),
        ]
      }
    }
    let names = String(decoding: Lines.encoded(features.columns.map(\.name)), as: UTF8.self)
    try write(
      tensors, metadata: ["columns": names, "count": String(features.count)], as: file)
  }
}

extension SavedModel {
  /// Reads entries of text.
  public func lines(_ file: String) throws -> [String] {
    try Lines.decoded(data(file), path: url.appendingPathComponent(file).path)
  }

  /// Reads a vocabulary.
  public func vocabulary(_ file: String) throws -> Vocabulary {
    try Lines.vocabulary(data(file), path: url.appendingPathComponent(file).path)
  }

  /// Reads histories, and checks that every item is one of `itemCount`.
  public func histories(_ file: String = ModelFile.histories, itemCount: Int) throws
    -> Ragged<ItemIndex>
  {
    let tensors = try tensors(file)
    let rows = try tensors.ragged("values", "offsets", positions: itemCount)
    return Ragged(values: rows.values.map { ItemIndex(Int($0)) }, offsets: rows.offsets)
  }

  /// Reads features.
  public func features(_ file: String) throws -> FeatureTable {
    let tensors = try tensors(file)
    let path = tensors.url.path
    guard let count = tensors.metadata["count"].flatMap(Int.init),
      let names = tensors.metadata["columns"]
    else { throw ArtifactError.damagedFile(path: path, reason: "its columns are not listed") }
    let columns = try Lines.decoded(names.utf8, path: path).map { name in
      if tensors.entries[name] != nil {
        return FeatureColumn(
          name: name, values: .numbers(try tensors.array(name, shape: [count])))
      }
      let vocabulary = try Lines.vocabulary(
        tensors.array("\(name).vocabulary") as [UInt8], path: path)
      let rows = try tensors.ragged(
        "\(name).values", "\(name).offsets", positions: vocabulary.count)
      guard rows.count == count else {
        throw ArtifactError.damagedFile(
          path: path, reason: "column '\(name)' has \(rows.count) rows of \(count)")
      }
      return FeatureColumn(name: name, values: .categories(rows, vocabulary: vocabulary))
    }
    return FeatureTable(count: count, columns: columns)
  }
}

extension SafetensorsFile {
  /// Rows of positions below a bound, with every promise checked.
  fileprivate func ragged(
    _ valuesName: String, _ offsetsName: String, positions: Int
  ) throws -> Ragged<Int32> {
    let values: [Int32] = try array(valuesName)
    let offsets: [Int64] = try array(offsetsName)
    guard offsets.first == 0, offsets.last == Int64(values.count),
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
    else {
      throw ArtifactError.damagedFile(
        path: url.path, reason: "the rows of '\(offsetsName)' are not in order")
    }
    guard values.allSatisfy({ 0 <= $0 && $0 < positions }) else {
      throw ArtifactError.damagedFile(
        path: url.path, reason: "'\(valuesName)' has a position that is not below \(positions)")
    }
    return Ragged(values: values, offsets: offsets.map(Int.init))
  }
}
