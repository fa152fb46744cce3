import CorralVectors
import Foundation
import Testing

struct SafetensorsTests {
  let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("corral-\(UUID().uuidString).safetensors")

  func remove() { try? FileManager.default.removeItem(at: url) }

  /// A file by hand: the header's text and the bytes after it.
  func craft(_ header: String, bytes: Int) throws {
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data.append(contentsOf: header.utf8)
    data.append(Data(count: bytes))
    try data.write(to: url)
  }

  func reason() -> String? {
    do {
      _ = try SafetensorsFile(url)
      return nil
    } catch {
      return "\(error)".replacingOccurrences(of: url.path, with: "FILE")
    }
  }

  @Test func `tensors and metadata come back bit for bit`() throws {
    defer { remove() }
    let floats: [Float] = [0, -0.0, .nan, .infinity, .leastNonzeroMagnitude, 1 / 3]
    let doubles: [Double] = [.pi, -.ulpOfOne]
    let bytes: [UInt8] = [1, 2, 255]
    try SafetensorsFile.write(
      [
        SafetensorsTensor("items.weight", floats, shape: [2, 3]),
        SafetensorsTensor("bytes", bytes),
        SafetensorsTensor("doubles", doubles),
        SafetensorsTensor("ids", [Int32.min, 7]),
        SafetensorsTensor("counts", [Int64.max]),
        SafetensorsTensor("state", [UInt64.max, 1]),
        SafetensorsTensor("scalar", [Float(2)], shape: []),
        SafetensorsTensor("empty", [Float](), shape: [0, 4]),
      ],
      metadata: ["kind": "mf", "quoted": "a \"b\" / ü\n"], to: url)
    let file = try SafetensorsFile(url)
    #expect(file.metadata == ["kind": "mf", "quoted": "a \"b\" / ü\n"])
    #expect(
      file.names == [
        "bytes", "counts", "doubles", "empty", "ids", "items.weight", "scalar", "state",
      ])
    let matrix = try file.matrix("items.weight")
    #expect(matrix.rows == 2 && matrix.columns == 3)
    #expect(matrix.values.map(\.bitPattern) == floats.map(\.bitPattern))
    #expect(try file.array("bytes") == bytes)
    #expect(try file.array("doubles") == doubles)
    #expect(try file.array("ids") == [Int32.min, 7])
    #expect(try file.array("counts") == [Int64.max])
    #expect(try file.array("state") == [UInt64.max, 1])
    #expect(try file.array("scalar", shape: []) == [Float(2)])
    #expect(try file.matrix("empty") == Matrix(rows: 0, columns: 4))
  }

  @Test func `the same tensors give the same bytes, on a cache line`() throws {
    defer { remove() }
    let tensors = ["b", "a", "c"].map { SafetensorsTensor($0, [Float](repeating: 1, count: 5)) }
    let metadata = ["one": "1", "two": "2", "three": "3"]
    try SafetensorsFile.write(tensors, metadata: metadata, to: url)
    let first = try Data(contentsOf: url)
    try SafetensorsFile.write(tensors, metadata: metadata, to: url)
    #expect(try Data(contentsOf: url) == first)
    #expect((first.count - 3 * 5 * 4) % 64 == 0)
  }

  @Test func `a tensor can be written in pieces`() throws {
    defer { remove() }
    let pieces = SafetensorsTensor("rows", type: .int32, shape: [3, 2]) { sink in
      for row in 0..<3 {
        try [Int32(row), Int32(row)].withUnsafeBytes { try sink($0) }
      }
    }
    try SafetensorsFile.write([pieces], to: url)
    let file = try SafetensorsFile(url)
    #expect(try file.array("rows", shape: [3, nil]) == [0, 0, 1, 1, 2, 2] as [Int32])
    let sum = try file.withBytes("rows", type: .int32) {
      $0.bindMemory(to: Int32.self).reduce(0, +)
    }
    #expect(sum == 6)
  }

  @Test func `a file cut at any byte is refused`() throws {
    defer { remove() }
    try SafetensorsFile.write([SafetensorsTensor("a", [Float](repeating: 1, count: 9))], to: url)
    let whole = try Data(contentsOf: url)
    for length in 0..<whole.count {
      try whole.prefix(length).write(to: url)
      #expect(reason() != nil, "cut to \(length) bytes")
    }
  }

  @Test func `what is wrong with a file is said`() throws {
    defer { remove() }
    #expect(reason() == "cannot read FILE: there is no such file")
    try Data([1, 2]).write(to: url)
    #expect(
      reason()
        == "FILE is not a whole safetensors file: it has 2 bytes, fewer than the 8 of a header's "
        + "length; copy or save it again")
    try craft(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, bytes: 7)
    #expect(
      reason()
        == "FILE is damaged: its header promises 70 bytes and the file has 69; "
        + "copy or save it again")
    try craft(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#, bytes: 8)
    #expect(
      reason()
        == "FILE is not a whole safetensors file: its header is not the JSON that the format "
        + "asks for; copy or save it again")
    try Data([0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1]).write(to: url)
    #expect(
      reason()
        == "FILE is not a whole safetensors file: its header claims 16777215 bytes and the file "
        + "has 1 after it; copy or save it again")
  }

  static let damaged: [(entries: String, reason: String)] = [
    (#""a":{"dtype":"Q7","shape":[2],"data_offsets":[0,8]}"#, "its dtype Q7 is not one of"),
    (#""a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}"#, "its shape [3] needs 12 bytes"),
    (#""a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}"#, "its shape [-2] is impossible"),
    (
      #""a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}"#,
      "its shape [4611686018427387904, 4] is impossible"
    ),
    (#""a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"#, "[8, 0] are not a range"),
    (#""a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}"#, "[-8, 0] are not a range"),
    (#""a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}"#, "there is a hole before it"),
    (
      #""b":{"dtype":"U8","shape":[6],"data_offsets":[0,6]},"#
        + #""a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}"#,
      "it overlaps the tensor before it"
    ),
  ]

  @Test(arguments: damaged)
  func `a header that lies about a tensor is refused`(entries: String, reason expected: String)
    throws
  {
    defer { remove() }
    try craft("{\(entries)}", bytes: 8)
    let found = reason() ?? "accepted"
    #expect(found.hasPrefix("FILE is damaged at tensor 'a': "))
    #expect(found.contains(expected), "\(found)")
  }

  @Test func `a reader that needs something else is told what there is`() throws {
    defer { remove() }
    try SafetensorsFile.write(
      [SafetensorsTensor("a", [Float](repeating: 0, count: 6), shape: [2, 3])], to: url)
    let file = try SafetensorsFile(url)
    func text(_ read: () throws -> Void) -> String {
      do { try read() } catch {
        return "\(error)".replacingOccurrences(of: url.path, with: "FILE")
      }
      return "accepted"
    }
    #expect(
      text { _ = try file.matrix("b") } == "FILE has no tensor 'b'; it holds 'a'")
    #expect(
      text { let _: [Int32] = try file.array("a") }
        == "FILE: tensor 'a' is F32 [2, 3] where I32 of any shape is needed")
    #expect(
      text { let _: [Float] = try file.array("a", shape: [nil, 4]) }
        == "FILE: tensor 'a' is F32 [2, 3] where F32 [any, 4] is needed")
  }

  @Test func `a file that cannot be written is named and not left behind`() throws {
    let missing = url.appendingPathComponent("inside").path
    #expect(
      throws: SafetensorsError.unwritable(file: missing, reason: "there is no such file or folder")
    ) {
      try SafetensorsFile.write([], to: URL(fileURLWithPath: missing))
    }
    #if os(Linux)
      // A link to the device that is always full; removing the file removes the link only.
      defer { remove() }
      try FileManager.default.createSymbolicLink(
        atPath: url.path, withDestinationPath: "/dev/full")
      #expect(
        throws: SafetensorsError.unwritable(file: url.path, reason: "no space is left on the disk")
      ) {
        let numbers = [Float](repeating: 0, count: 1 << 16)
        try SafetensorsFile.write([SafetensorsTensor("a", numbers)], to: url)
      }
      #expect(!FileManager.default.fileExists(atPath: url.path))
    #endif
  }
}
