import CorralArtifacts
import CorralData
import CorralVectors
import Foundation
import Testing

@Suite struct FileTests {
  @Test func `a full disk is named, with what to do`() throws {
    #if os(Linux)
      let file = try OutputFile(path: "/dev/full")
      let error = #expect(throws: ArtifactError.self) { try file.write(Data("words".utf8)) }
    #else
      let error = Optional(ArtifactError.system(ENOSPC, path: "/dev/full", writing: true))
    #endif
    #expect(error == .diskFull(path: "/dev/full"))
    #expect(
      error?.description == "cannot write /dev/full: no space is left on the disk; what was there "
        + "before is unchanged; free some space or give another place")
  }

  @Test func `an atomic file for which the disk has no space is as it was, and is named`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("run.safetensors")
      try AtomicFile.write(Data("before".utf8), to: url)
      let full = SystemReason.text(ENOSPC)
      for failure: any Error in [
        SafetensorsError.unwritable(file: "beside", reason: full),
        ArtifactError.diskFull(path: "beside"),
      ] {
        #expect(throws: ArtifactError.diskFull(path: url.path)) {
          try AtomicFile.write(to: url) { temporary in
            try Data("half".utf8).write(to: temporary)
            throw failure
          }
        }
      }
      #expect(try names(in: folder) == ["run.safetensors"])
      #expect(try Data(contentsOf: url) == Data("before".utf8))
    }
  }

  @Test func `a directory that may not be written is named`() async {
    // In a process of its own that gives up the rights of root, which may write everywhere.
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        let locked = folder.appendingPathComponent("locked")
        try FileManager.default.createDirectory(at: locked, withIntermediateDirectories: true)
        chmod(folder.path, 0o755)
        chmod(locked.path, 0o555)
        if geteuid() == 0 { seteuid(65534) }
        defer { seteuid(getuid()) }
        let place = locked.appendingPathComponent("model")
        do {
          try writeModel("words", to: place)
          Issue.record("the model was written")
        } catch {
          let message = "\(error)".replacingOccurrences(of: locked.path, with: "DIR")
          guard message.hasPrefix("cannot write DIR/.model.partial-"),
            message.hasSuffix(
              ": permission denied; change its permissions or give another place")
          else { fatalError(message) }
        }
        guard try names(in: locked).isEmpty else { fatalError("something is left") }
      }
    }
  }

  @Test(arguments: [
    (ENOSPC, ArtifactError.diskFull(path: "x")), (EDQUOT, .diskFull(path: "x")),
    (EACCES, .permissionDenied(path: "x", writing: true)),
    (EPERM, .permissionDenied(path: "x", writing: true)),
    (EROFS, .permissionDenied(path: "x", writing: true)),
    (EISDIR, .unwritable(path: "x", reason: "it is a folder, not a file")),
  ])
  func `error numbers become errors`(_ number: Int32, _ error: ArtifactError) {
    #expect(ArtifactError.system(number, path: "x", writing: true) == error)
  }

  @Test func `an atomic file is replaced, and kept when writing fails`() throws {
    struct Failure: Error {}
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("state.bin")
      try AtomicFile.write(Data("one".utf8), to: url)
      try AtomicFile.write(Data("two".utf8), to: url)
      #expect(throws: Failure.self) {
        try AtomicFile.write(to: url) {
          try Data("half".utf8).write(to: $0)
          throw Failure()
        }
      }
      #expect(try String(contentsOf: url, encoding: .utf8) == "two")
      #expect(try names(in: folder) == ["state.bin"])
    }
  }

  @Test func `an atomic file that goes nowhere says so`() {
    let url = URL(fileURLWithPath: "/nowhere-at-all/state.bin")
    let error = #expect(throws: ArtifactError.self) { try AtomicFile.write(Data(), to: url) }
    #expect(
      error?.description.hasPrefix("cannot write /nowhere-at-all/.state.bin.partial-") == true)
    #expect(error?.description.contains("there is no such file or folder") == true)
  }

  @Test func `hashes are those of sha256sum`() throws {
    try withTemporaryFolder { folder in
      let first = folder.appendingPathComponent("b.inter")
      let second = folder.appendingPathComponent("a.item")
      let empty = folder.appendingPathComponent("empty")
      try Data("abc".utf8).write(to: first)
      try Data(repeating: 97, count: 3_000_000).write(to: second)
      try Data().write(to: empty)
      #expect(
        try FileHash.sha256(of: first)
          == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
      #expect(
        try FileHash.sha256(of: empty)
          == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
      #expect(
        try FileHash.sha256(of: second)
          == "2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4")
      #expect(
        try FileHash.sha256(of: [first])
          == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
      #expect(
        try FileHash.sha256(of: [first, second])
          == "02d3a6006c3915e91bf4befe84beeb5f11af31014add31cf1d7adeb6ffd2f75e")
      #expect(try FileHash.sha256(of: [second, first]) == FileHash.sha256(of: [first, second]))
      let missing = folder.appendingPathComponent("missing")
      let error = #expect(throws: ArtifactError.self) { try FileHash.sha256(of: missing) }
      #expect(
        error?.description == "cannot read \(missing.path): there is no such file or folder")
    }
  }

  @Test func `JSON of any shape survives`() throws {
    let text =
      #"{"a":[1,2.5,null,true,"x",{"b":[]}],"large":9007199254740993,"tiny":1e-300,"zero":0}"#
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    #expect(value["large"] == .integer(9_007_199_254_740_993))
    #expect(
      value["a"]
        == .array([
          .integer(1), .number(2.5), .null, .bool(true), .string("x"), .object(["b": .array([])]),
        ]))
    #expect(try JSONValue(encoding: value) == value)
    #expect(try value.decoded(as: JSONValue.self) == value)
    #expect(value["missing"] == nil)
    #expect(JSONValue.null["a"] == nil)
  }
}
