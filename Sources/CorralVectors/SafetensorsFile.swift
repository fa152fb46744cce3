package import Foundation

/// A safetensors file that was opened and checked as a whole; its tensors are read when asked for.
///
/// The format is that of Hugging Face's `safetensors` package, which reads these files too. The
/// file is mapped into memory where the system can. All the promises of the header are checked
/// before anything is read: lengths, kinds, shapes, and that the tensors fill the file exactly,
/// without holes and without overlap.
package struct SafetensorsFile: Sendable {
  /// The kind and shape of a tensor in the file.
  package struct Entry: Sendable, Equatable {
    /// The kind of its elements.
    package let type: SafetensorsType
    /// The length of each axis; empty for a single number.
    package let shape: [Int]
    fileprivate let range: Range<Int>
  }

  /// Where the file is.
  package let url: URL
  /// Free-form text about the tensors.
  package let metadata: [String: String]
  /// What the file holds, by name.
  package let entries: [String: Entry]
  private let data: Data

  /// Opens and checks a file; throws `SafetensorsError`.
  package init(_ url: URL) throws {
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      let exists = FileManager.default.fileExists(atPath: url.path)
      throw SafetensorsError.unreadable(
        file: url.path, reason: exists ? SystemReason.text(of: error) : "there is no such file")
    }
    try self.init(data, at: url)
  }

  /// Checks the bytes of a file, which were read at a place; throws `SafetensorsError`.
  package init(_ data: Data, at url: URL) throws {
    self.url = url
    self.data = data
    (metadata, entries) = try Self.check(data, file: url.path)
  }

  /// The names of the tensors, in alphabetical order.
  package var names: [String] { entries.keys.sorted() }

  /// The elements of a tensor, bit for bit.
  ///
  /// - Parameters:
  ///   - name: the tensor's name.
  ///   - shape: the shape it must have, with `nil` for an axis of any length. Without it, any shape.
  /// - Returns: the elements in row order.
  /// - Throws: `SafetensorsError` when the tensor is missing or of another kind or shape.
  package func array<Element: SafetensorsElement>(
    _ name: String, shape: [Int?]? = nil
  ) throws -> [Element] {
    let entry = try entry(name, type: Element.safetensorsType, shape: shape)
    let count = entry.range.count / MemoryLayout<Element>.size
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialised in
      withBytes(of: entry) { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialised = count
    }
  }

  /// A tensor of two axes as a matrix.
  package func matrix(_ name: String) throws -> Matrix {
    let values: [Float] = try array(name, shape: [nil, nil])
    let shape = entries[name]?.shape ?? []
    return Matrix(rows: shape[0], columns: shape[1], values: values)
  }

  /// The bytes of a tensor where they lie, without a copy; valid inside the closure only.
  package func withBytes<Result>(
    _ name: String, type: SafetensorsType, shape: [Int?]? = nil,
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try withBytes(of: entry(name, type: type, shape: shape), body)
  }

  private func withBytes<Result>(
    of entry: Entry, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try data.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[entry.range])) }
  }

  private func entry(_ name: String, type: SafetensorsType, shape: [Int?]?) throws -> Entry {
    guard let entry = entries[name] else {
      throw SafetensorsError.missingTensor(file: url.path, tensor: name, present: names)
    }
    let fits = shape.map { needed in
      needed.count == entry.shape.count
        && zip(needed, entry.shape).allSatisfy { $0 == nil || $0 == $1 }
    }
    guard entry.type == type, fits ?? true else {
      let axes = shape.map {
        "[" + $0.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]"
      }
      throw SafetensorsError.unexpectedTensor(
        file: url.path, tensor: name,
        expected: "\(type.rawValue) " + (axes ?? "of any shape"),
        found: "\(entry.type.rawValue) \(entry.shape)")
    }
    return entry
  }
}

extension SafetensorsFile {
  /// The longest header that is believed: 100 MB, as in the reference implementation.
  private static let longestHeader = 100_000_000

  private static func check(
    _ data: Data, file: String
  ) throws -> (metadata: [String: String], entries: [String: Entry]) {
    guard data.count >= 8 else {
      throw SafetensorsError.damagedHeader(
        file: file, reason: "it has \(data.count) bytes, fewer than the 8 of a header's length")
    }
    let length = data.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
    }
    guard length <= longestHeader, Int(length) <= data.count - 8 else {
      throw SafetensorsError.damagedHeader(
        file: file,
        reason: "its header claims \(length) bytes and the file has \(data.count - 8) after it")
    }
    let start = 8 + Int(length)
    let decoded: [String: HeaderEntry]
    do {
      decoded = try JSONDecoder().decode([String: HeaderEntry].self, from: data[8..<start])
    } catch {
      throw SafetensorsError.damagedHeader(
        file: file, reason: "its header is not the JSON that the format asks for")
    }
    var metadata: [String: String] = [:]
    var entries: [String: Entry] = [:]
    for (name, entry) in decoded {
      switch entry {
      case .metadata(let text):
        guard name == HeaderEntry.metadataKey else {
          throw SafetensorsError.damagedTensor(
            file: file, tensor: name, reason: "it has no dtype, shape and data_offsets")
        }
        metadata = text
      case .tensor(let type, let shape, let first, let end):
        let range = try checkedRange(name, type, shape, first, end, file: file)
        entries[name] = Entry(
          type: range.type, shape: shape, range: first + start..<end + start)
      }
    }
    try checkLayout(entries, from: start, to: data.count, file: file)
    return (metadata, entries)
  }

  private static func checkedRange(
    _ name: String, _ typeName: String, _ shape: [Int], _ first: Int, _ end: Int, file: String
  ) throws -> (type: SafetensorsType, bytes: Int) {
    func damaged(_ reason: String) -> SafetensorsError {
      .damagedTensor(file: file, tensor: name, reason: reason)
    }
    guard let type = SafetensorsType(rawValue: typeName) else {
      let known = SafetensorsType.allCases.map(\.rawValue).joined(separator: ", ")
      throw damaged("its dtype \(typeName) is not one of \(known)")
    }
    guard 0 <= first, first <= end, end <= Int.max / 2 else {
      throw damaged("its data_offsets [\(first), \(end)] are not a range")
    }
    var bytes = type.size
    for length in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else { throw damaged("its shape \(shape) is impossible") }
      bytes = product
    }
    guard bytes == end - first else {
      throw damaged("its shape \(shape) needs \(bytes) bytes and it has \(end - first)")
    }
    return (type, bytes)
  }

  private static func checkLayout(
    _ entries: [String: Entry], from start: Int, to end: Int, file: String
  ) throws {
    var position = start
    let ordered = entries.sorted {
      ($0.value.range.lowerBound, $0.value.range.upperBound)
        < ($1.value.range.lowerBound, $1.value.range.upperBound)
    }
    for (name, entry) in ordered {
      guard entry.range.lowerBound == position else {
        throw SafetensorsError.damagedTensor(
          file: file, tensor: name,
          reason: entry.range.lowerBound < position
            ? "it overlaps the tensor before it" : "there is a hole before it")
      }
      position = entry.range.upperBound
    }
    guard position == end else {
      throw SafetensorsError.wrongLength(file: file, expected: position, found: end)
    }
  }
}

/// One value of a header: a tensor, or the metadata that stands beside them.
enum HeaderEntry: Codable {
  case tensor(type: String, shape: [Int], start: Int, end: Int)
  case metadata([String: String])

  static let metadataKey = "__metadata__"

  private enum Key: String, CodingKey {
    case type = "dtype"
    case shape
    case offsets = "data_offsets"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard decoder.codingPath.last?.stringValue != Self.metadataKey, container.contains(.type) else {
      self = .metadata(try [String: String](from: decoder))
      return
    }
    let offsets = try container.decode([Int].self, forKey: .offsets)
    guard offsets.count == 2 else {
      throw DecodingError.dataCorruptedError(
        forKey: .offsets, in: container, debugDescription: "two offsets")
    }
    self = .tensor(
      type: try container.decode(String.self, forKey: .type),
      shape: try container.decode([Int].self, forKey: .shape), start: offsets[0], end: offsets[1])
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .tensor(let type, let shape, let start, let end):
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(type, forKey: .type)
      try container.encode(shape, forKey: .shape)
      try container.encode([start, end], forKey: .offsets)
    case .metadata(let text):
      try text.encode(to: encoder)
    }
  }
}
