import CorralArtifacts
import Foundation
import Testing

/// Processes that really die in the middle of writing, each at another step.
@Suite struct CrashTests {
  @Test(arguments: AtomicFolder.Step.allCases)
  func `a crash at any step leaves a whole model`(_ step: AtomicFolder.Step) async throws {
    let folder = newTemporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = folder.appendingPathComponent("model")
    try writeModel("old", to: place)
    // The step between putting aside and renaming exists only where names cannot be exchanged.
    let swap = step == .putAside ? "put aside" : "exchange"
    await #expect(processExitsWith: .exitCode(9)) {
      [path = place.path as String, stop = step.rawValue as String, swap = swap as String] in
      try SavedModel.write(
        to: URL(fileURLWithPath: path), manifest: exampleManifest(),
        swap: swap == "exchange" ? .exchange : .putAside,
        at: { if $0.rawValue == stop { _exit(9) } },
        files: { try fill($0, "new") })
    }
    let isNew = step == .moved || step == .removed
    if step != .removed { #expect(try names(in: folder).count > 1) }
    #expect(try words(at: place) == (isNew ? "new" : "old"))
    try writeModel("after", to: place)
    #expect(try words(at: place) == "after")
    #expect(try names(in: folder) == ["model"])
  }

  @Test func `a crash before the first model leaves none, and the next is written`() async throws {
    let folder = newTemporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let place = folder.appendingPathComponent("model")
    await #expect(processExitsWith: .exitCode(9)) { [path = place.path as String] in
      try SavedModel.write(
        to: URL(fileURLWithPath: path), manifest: exampleManifest(), swap: .exchange,
        at: { if $0 == .described { _exit(9) } }, files: { try fill($0, "new") })
    }
    #expect(throws: ArtifactError.notAModel(path: place.path, reason: "there is no such directory"))
    {
      try SavedModel.open(place)
    }
    try writeModel("after", to: place)
    #expect(try words(at: place) == "after")
    #expect(try names(in: folder) == ["model"])
  }

  @Test func `a writer at work is left alone by another`() throws {
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("model")
      try SavedModel.write(to: place, manifest: exampleManifest()) { slow in
        try fill(slow, "slow")
        try writeModel("quick", to: place)
        #expect(try words(at: place) == "quick")
      }
      #expect(try words(at: place) == "slow")
      #expect(try names(in: folder) == ["model"])
    }
  }
}
