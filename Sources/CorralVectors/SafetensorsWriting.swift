package import Foundation

/// One named tensor on its way into a safetensors file.
package struct SafetensorsTensor {
  /// The dotted name, `items.weight`.
  package let name: String
  /// The kind of its elements.
  package let type: SafetensorsType
  /// The length of each axis; empty for a single number.
  package let shape: [Int]
  fileprivate let emit: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

  /// A tensor whose bytes are produced while the file is written, in one piece or in several.
  ///
  /// - Parameters:
  ///   - name: its name in the file.
  ///   - type: the kind of its elements.
  ///   - shape: the length of each axis.
  ///   - emit: hands the elements over, in row order and little-endian, to the function it is given.
  package init(
    _ name: String, type: SafetensorsType, shape: [Int],
    emit: @escaping ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.emit = emit
  }

  /// A tensor over the elements of an array; without a shape it has one axis.
  package init<Element: SafetensorsElement>(
    _ name: String, _ elements: [Element], shape: [Int]? = nil
  ) {
    let shape = shape ?? [elements.count]
    precondition(
      shape.reduce(1, *) == elements.count,
      "tensor '\(name)' of shape \(shape) cannot hold \(elements.count) elements")
    self.init(name, type: Element.safetensorsType, shape: shape) { sink in
      try elements.withUnsafeBytes(sink)
    }
  }

  /// The rows of a matrix, `[rows, columns]`.
  package init(_ name: String, _ matrix: Matrix) {
    self.init(name, matrix.values, shape: [matrix.rows, matrix.columns])
  }

  /// The same elements under another name.
  package func renamed(_ name: String) -> SafetensorsTensor {
    SafetensorsTensor(name, type: type, shape: shape, emit: emit)
  }

  fileprivate var byteCount: Int { shape.reduce(type.size, *) }
}

extension SafetensorsFile {
  /// Writes named tensors and free-form text about them to a file, and to the disk.
  ///
  /// The same tensors and metadata give the same bytes. When writing fails, the file is removed
  /// and `SafetensorsError.unwritable` is thrown.
  package static func write(
    _ tensors: [SafetensorsTensor], metadata: [String: String] = [:], to url: URL
  ) throws {
    let header = try header(of: tensors, metadata: metadata)
    do {
      let file = try OutputFile(path: url.path) {
        SafetensorsError.unwritable(file: url.path, reason: SystemReason.text($0))
      }
      var length = UInt64(header.count).littleEndian
      try withUnsafeBytes(of: &length) { try file.write($0) }
      try file.write(header)
      for tensor in tensors {
        var written = 0
        try tensor.emit { bytes in
          written += bytes.count
          try file.write(bytes)
        }
        guard written == tensor.byteCount else {
          fatalError(
            "tensor '\(tensor.name)' of shape \(tensor.shape) needs \(tensor.byteCount) bytes, "
              + "and \(written) were written")
        }
      }
      try file.flush()
    } catch {
      try? FileManager.default.removeItem(at: url)
      throw error
    }
  }

  private static func header(
    of tensors: [SafetensorsTensor], metadata: [String: String]
  ) throws -> Data {
    var entries: [String: HeaderEntry] = [:]
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.byteCount
      let entry = HeaderEntry.tensor(
        type: tensor.type.rawValue, shape: tensor.shape, start: offset, end: end)
      guard entries.updateValue(entry, forKey: tensor.name) == nil else {
        fatalError("two tensors are named '\(tensor.name)'")
      }
      offset = end
    }
    if !metadata.isEmpty { entries[HeaderEntry.metadataKey] = .metadata(metadata) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var header = try encoder.encode(entries)
    // Spaces up to a multiple of 64 bytes, so that mapped tensors start on a cache line.
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -(header.count + 8) & 63))
    return header
  }
}
