import Foundation

/// One TensorBoard event: when, at which step, and either the format's version or named numbers.
///
/// The protocol buffer `tensorflow.Event` with just the fields that scalar plots need.
struct ScalarEvent {
  /// What an event says.
  enum Content {
    /// The first record of every file.
    case version
    /// Numbers under their names.
    case scalars([(name: String, value: Float)])
  }

  let wallTime: Double
  let step: Int
  let content: Content

  /// The event as a TFRecord: length, its checksum, the message, its checksum.
  var record: [UInt8] {
    let body = message
    let length = littleEndian(UInt64(body.count))
    return length + littleEndian(CRC32C.masked(length)) + body
      + littleEndian(CRC32C.masked(body))
  }

  private var message: [UInt8] {
    var bytes = key(1, wire: 1) + littleEndian(wallTime.bitPattern)
    bytes += key(2, wire: 0) + varint(UInt64(bitPattern: Int64(step)))
    switch content {
    case .version:
      bytes += delimited(3, Array("brain.Event:2".utf8))
    case .scalars(let scalars):
      let values = scalars.flatMap { name, value in
        delimited(
          1, delimited(1, Array(name.utf8)) + key(2, wire: 5) + littleEndian(value.bitPattern))
      }
      bytes += delimited(5, values)
    }
    return bytes
  }
}

private func key(_ field: UInt8, wire: UInt8) -> [UInt8] { [field << 3 | wire] }

private func delimited(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] {
  key(field, wire: 2) + varint(UInt64(bytes.count)) + bytes
}

private func varint(_ value: UInt64) -> [UInt8] {
  var bytes: [UInt8] = []
  var rest = value
  while rest >= 0x80 {
    bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
    rest >>= 7
  }
  return bytes + [UInt8(rest)]
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
