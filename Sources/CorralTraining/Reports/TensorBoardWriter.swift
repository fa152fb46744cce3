package import Foundation

/// The stage that a training trains, as TensorBoard's tags name it.
package enum TrainedStage: String, Sendable, CaseIterable {
  /// The retriever by itself.
  case retriever
  /// The ranker by itself.
  case ranker
  /// Retriever and ranker together.
  case both
}

/// Writes numbers for TensorBoard to an event file, one record per step.
///
/// `tensorboard --logdir FOLDER` shows them. A resumed run adds a file; TensorBoard joins the files
/// of a folder by itself and drops the steps that a later file repeats.
package struct TensorBoardWriter {
  /// The event file.
  package let file: URL
  private let handle: FileHandle

  /// Starts an event file in a folder, which is created if it is missing; throws errors of the file system.
  package init(folder: URL, at time: Date = Date()) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let stamp = String(format: "%016.5f", time.timeIntervalSince1970)
    file = folder.appending(path: "events.out.tfevents.\(stamp).corral")
    try Data().write(to: file)
    handle = try FileHandle(forWritingTo: file)
    try write(ScalarEvent(wallTime: time.timeIntervalSince1970, step: 0, content: .version))
  }

  /// Writes named numbers at a step.
  package func write(_ scalars: [String: Double], step: Int, at time: Date = Date()) throws {
    let sorted = scalars.sorted { $0.key < $1.key }
    try write(
      ScalarEvent(
        wallTime: time.timeIntervalSince1970, step: step,
        content: .scalars(sorted.map { (name: $0.key, value: Float($0.value)) })))
  }

  /// Writes the report of an epoch: `retriever/loss`, `retriever/examples_per_second`, and validation
  /// metrics as `retriever/ndcg@10`.
  ///
  /// A metric of one stage among those of both, such as `retriever/ndcg@10`, keeps its own stage.
  package func write(_ report: EpochReport, of stage: TrainedStage, at time: Date = Date()) throws {
    var scalars = ["\(stage.rawValue)/examples_per_second": report.examplesPerSecond]
    if !report.loss.isNaN { scalars["\(stage.rawValue)/loss"] = report.loss }
    for (name, value) in report.validation {
      scalars[name.contains("/") ? name : "\(stage.rawValue)/\(name)"] = value
    }
    try write(scalars, step: report.epoch, at: time)
  }

  private func write(_ event: ScalarEvent) throws {
    try handle.write(contentsOf: Data(event.record))
  }
}

/// One TensorBoard event: its time, its step, and either the format's version or named numbers.
///
/// The protocol buffer `tensorflow.Event` with just the fields that scalar plots need.
struct ScalarEvent {
  /// The content of an event.
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

/// The Castagnoli checksum that TFRecord files carry (RFC 3720, reflected polynomial 0x82F63B78).
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1
    }
  }

  /// The checksum of some bytes.
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes { value = (value >> 8) ^ table[Int((value ^ UInt32(byte)) & 0xFF)] }
    return ~value
  }

  /// The checksum as TFRecord stores it: rotated and offset, so that a record of records is not
  /// mistaken for its own checksum.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let value = checksum(bytes)
    return ((value >> 15) | (value << 17)) &+ 0xA282_EAD8
  }
}
