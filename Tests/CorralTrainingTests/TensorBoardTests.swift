import CorralTraining
import Foundation
import Testing

@Suite struct `TensorBoard event files` {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "corral-tensorboard-\(UUID().uuidString)")

  @Test func `a file holds the version and then every scalar, framed and checksummed`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let time = Date(timeIntervalSince1970: 1_700_000_000.5)
    let writer = try TensorBoardWriter(folder: folder, at: time)
    try writer.write(["loss": 0.25, "ndcg@10": 0.125], step: 300, at: time)
    let records = try framedRecords(in: Data(contentsOf: writer.file))
    #expect(records.count == 2)
    let second = Data(time.timeIntervalSince1970.bitPattern.littleEndianBytes)
    #expect(
      records[0] == Data([0x09]) + second + Data([0x10, 0x00, 0x1A, 13])
        + Data("brain.Event:2".utf8))
    // 300 is AC 02 as a varint; 0.25 is 3E800000 and 0.125 is 3E000000.
    let loss = Data([0x0A, 4]) + Data("loss".utf8) + Data([0x15, 0, 0, 0x80, 0x3E])
    let ndcg = Data([0x0A, 7]) + Data("ndcg@10".utf8) + Data([0x15, 0, 0, 0, 0x3E])
    let summary =
      Data([0x0A, UInt8(loss.count)]) + loss + Data([0x0A, UInt8(ndcg.count)]) + ndcg
    #expect(
      records[1] == Data([0x09]) + second
        + Data([0x10, 0xAC, 0x02, 0x2A, UInt8(summary.count)]) + summary)
  }

  @Test func `the name is one that TensorBoard looks for`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let writer = try TensorBoardWriter(
      folder: folder, at: Date(timeIntervalSince1970: 1_700_000_000.5))
    #expect(writer.file.lastPathComponent == "events.out.tfevents.1700000000.50000.corral")
  }

  @Test(arguments: TrainedStage.allCases)
  func `an epoch is its loss, its rate and its validation metrics, under its stage`(
    stage: TrainedStage
  ) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let writer = try TensorBoardWriter(folder: folder)
    try writer.write(
      EpochReport(
        epoch: 3, step: 30, loss: 1.5, examples: 100, seconds: 2,
        validation: ["recall@10": 0.2, "retriever/ndcg@5": 0.1]), of: stage)
    let record = try #require(try framedRecords(in: Data(contentsOf: writer.file)).last)
    let own = ["loss", "examples_per_second", "recall@10"].map { "\(stage.rawValue)/\($0)" }
    for name in own + ["retriever/ndcg@5"] {
      #expect(record.range(of: Data(name.utf8)) != nil, "\(name)")
    }
  }
}

/// The payloads of a TFRecord file, every checksum checked against a bit-by-bit CRC-32C.
private func framedRecords(in data: Data) throws -> [Data] {
  var records: [Data] = []
  var rest = data[...]
  while !rest.isEmpty {
    let head = rest.prefix(8)
    let length = Int(head.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    try #require(rest.count >= length + 16)
    let body = rest.dropFirst(12).prefix(length)
    #expect(Data(maskedChecksum(head).littleEndianBytes) == Data(rest.dropFirst(8).prefix(4)))
    #expect(
      Data(maskedChecksum(body).littleEndianBytes) == Data(rest.dropFirst(12 + length).prefix(4)))
    records.append(Data(body))
    rest = rest.dropFirst(length + 16)
  }
  return records
}

private func maskedChecksum(_ bytes: Data) -> UInt32 {
  var value: UInt32 = .max
  for byte in bytes {
    value ^= UInt32(byte)
    for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
  }
  value = ~value
  return (value >> 15 | value << 17) &+ 0xA282_EAD8
}

@Test func `the checksum is the published one`() {
  // "123456789" has CRC-32C E3069283 (RFC 3720, appendix B.4 and the catalogue of checksums).
  let crc: UInt32 = 0xE306_9283
  #expect(
    maskedChecksum(Data("123456789".utf8)) == (crc >> 15 | crc << 17) &+ 0xA282_EAD8)
}

extension FixedWidthInteger {
  fileprivate var littleEndianBytes: [UInt8] {
    withUnsafeBytes(of: littleEndian) { Array($0) }
  }
}
