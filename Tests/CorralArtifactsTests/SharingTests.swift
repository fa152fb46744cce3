import CorralArtifacts
import Foundation
import Testing

/// Several processes at one place: writers that wait for each other, and readers that move nothing.
@Suite struct SharingTests {
  @Test func `a reader between two renames reads the old model and moves nothing`() throws {
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("model")
      try writeModel("old", to: place)
      var between: [String] = []
      try SavedModel.write(
        to: place, manifest: exampleManifest(), swap: .putAside,
        at: { step in
          guard step == .putAside else { return }
          #expect((try? words(at: place)) == "old")
          between = (try? names(in: folder)) ?? []
        }, files: { try fill($0, "new") })
      #expect(between.count == 2 && between.allSatisfy { $0.hasPrefix(".model.") })
      #expect(try words(at: place) == "new")
      #expect(try names(in: folder) == ["model"])
    }
  }

  @Test func `a model that was opened is read to its end although another takes its place`() throws
  {
    try withTemporaryFolder { folder in
      let (place, aside) = (
        folder.appendingPathComponent("model"), folder.appendingPathComponent("aside")
      )
      try writeModel("first", to: place)
      let model = try SavedModel.open(place)
      try FileManager.default.moveItem(at: place, to: aside)
      try writeModel("second", to: place)
      #expect(try model.data("words.txt") == Data("first".utf8))
      #expect(try words(at: place) == "second")
      try FileManager.default.removeItem(at: aside)
      #expect(throws: ArtifactError.replacedWhileReading(path: place.path)) {
        try model.data("words.txt")
      }
    }
  }

  @Test func `what was replaced while it was read is read again, a few times`() throws {
    var tries = 0
    let value = try SavedModel.repeating {
      tries += 1
      if tries < 4 { throw ArtifactError.replacedWhileReading(path: "m") }
      return tries
    }
    #expect(value == 4)
    tries = 0
    #expect(throws: ArtifactError.replacedWhileReading(path: "m")) {
      try SavedModel.repeating {
        tries += 1
        throw ArtifactError.replacedWhileReading(path: "m")
      }
    }
    #expect(tries == 10)
    tries = 0
    #expect(throws: ArtifactError.wrongChecksum(path: "m")) {
      try SavedModel.repeating {
        tries += 1
        throw ArtifactError.wrongChecksum(path: "m")
      }
    }
    #expect(tries == 1)
  }

  @Test func `a lock has one holder, who is named, and is free when let go`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("run.lock")
      var lock: ProcessLock? = try ProcessLock.take(file)
      #expect(throws: ArtifactError.inUse(path: folder.path, process: Int(getpid()))) {
        try ProcessLock.take(file)
      }
      // A file that takes the place of the locked one is another lock.
      try FileManager.default.removeItem(at: file)
      let second = try ProcessLock.take(file)
      #expect(throws: ArtifactError.self) { try ProcessLock.take(file) }
      withExtendedLifetime((lock, second)) {}
      lock = nil
    }
    #expect(
      "\(ArtifactError.inUse(path: "m.checkpoint", process: 12))"
        == "another run, process 12, is at work in m.checkpoint; wait until it ends, or stop it first"
    )
  }

  @Test func `parts of a directory that is no model keep it from being replaced`() throws {
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("kept")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try Data("x".utf8).write(to: place.appendingPathComponent("x"))
      #expect(throws: ArtifactError.notReplaceable(path: place.path)) {
        try AtomicFolder.write(
          to: place, replacing: SavedModel.checkReplaceable,
          fill: { try Data("y".utf8).write(to: $0.appendingPathComponent("y")) })
      }
      #expect(try names(in: folder) == ["kept"] && names(in: place) == ["x"])
    }
  }
}
