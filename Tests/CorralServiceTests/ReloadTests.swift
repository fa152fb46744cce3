import CorralArtifacts
import CorralData
import CorralService
import CorralTesting
import Foundation
import Synchronization
import Testing

/// A folder with a whole model of one text file.
private func write(_ text: String, to folder: URL, by swap: FolderSwap = .exchange) throws {
  let manifest = Manifest(
    kinds: ["retriever": "text"], settings: .object([:]),
    data: .init(path: "d", sha256: "0", users: 1, items: 1, interactions: 1),
    metrics: .object([:]),
    created: .init(at: Date(timeIntervalSince1970: 0), by: "t", machine: "m", seconds: 0))
  try SavedModel.write(to: folder, manifest: manifest, swap: swap, at: { _ in }) {
    try $0.write(Data(text.utf8), as: "text")
  }
}

/// Opens such a model.
private func text(_ folder: URL) throws -> String {
  try String(decoding: SavedModel.open(folder).data("text"), as: UTF8.self)
}

struct `the version of a model` {
  @Test func `is the name of its folder and the beginning of its manifest's hash`() throws {
    try withTemporaryFolder { folder in
      let model = folder.appendingPathComponent("movies")
      try write("one", to: model)
      let version = try ModelVersion(of: model)
      let hash = try FileHash.sha256(of: model.appendingPathComponent("manifest.json"))
      #expect("\(version)" == "movies-" + hash.prefix(8))
      #expect(version.hash == hash)
      try write("two", to: model)
      #expect(try ModelVersion(of: model) != version)
      try write("one", to: model)
      #expect(try ModelVersion(of: model) == version)
    }
  }
}

struct `the succession of models` {
  private static func refusal(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func `says which version was opened, though the folder is replaced meanwhile`() throws {
    try withTemporaryFolder { folder in
      let model = folder.appendingPathComponent("m")
      try write("one", to: model)
      var replacements = 0
      let (opened, version) = try ModelSuccession.open(model) { url in
        let found = try text(url)
        if replacements < 3 {
          replacements += 1
          try write("model \(replacements)", to: model)
        }
        return found
      }
      #expect(opened == "model 3")
      #expect(try version == ModelVersion(of: model))
    }
  }

  @Test func `refuses a damaged model by name`() throws {
    try withTemporaryFolder { folder in
      let model = folder.appendingPathComponent("m")
      try write("one", to: model)
      try model.write("eno", as: "text")
      let refusal = Self.refusal { _ = try ModelSuccession.open(model, by: text) }
      #expect(
        refusal == """
          \(model.path) is not served: \(model.path)/text is damaged: its SHA-256 is not the one in \
          the manifest; copy the model again from where it was whole, or train it again; the old \
          model goes on serving
          """)
    }
  }

  @Test func `refuses a newer format, and a folder without a model`() throws {
    try withTemporaryFolder { folder in
      let model = folder.appendingPathComponent("m")
      try write("one", to: model)
      let manifest = model.appendingPathComponent("manifest.json")
      let old = try String(contentsOf: manifest, encoding: .utf8)
      let new = old.replacing("\"format\" : 2", with: "\"format\" : 99")
      #expect(new != old)
      try model.write(new, as: "manifest.json")
      let refusal = Self.refusal { _ = try ModelSuccession.open(model, by: text) }
      #expect(refusal?.contains("has format 99, and this version of Corral reads up to 2") == true)
      try FileManager.default.removeItem(at: model)
      let missing = Self.refusal { _ = try ModelSuccession.open(model, by: text) }
      #expect(missing?.hasPrefix("\(model.path) is not served: ") == true)
    }
  }

  @Test func `refuses another catalogue, with both counts`() throws {
    let folder = URL(fileURLWithPath: "/models/m")
    let served = Vocabulary((0..<11).map { "item \($0)" })
    func refusal(_ shared: Int) -> String? {
      let new = Vocabulary((0..<shared).map { "item \($0)" } + (0..<500).map { "other \($0)" })
      return Self.refusal {
        try ModelSuccession.checkCatalogue(new, beside: served, of: folder)
      }
    }
    #expect(refusal(11) == nil)
    #expect(refusal(6) == nil, "more than half")
    #expect(
      refusal(5) == """
        /models/m is not served: it has 5 of the 11 items of the model that serves, so it is \
        another catalogue; the old model goes on serving
        """)
    #expect(refusal(0) != nil)
    #expect(
      Self.refusal { try ModelSuccession.checkShared(5, of: 10, in: folder) } == nil, "half")
  }
}

struct `the turn of reloading` {
  @Test func `belongs to one task at a time, and comes back whatever happens`() async throws {
    let turn = ReloadTurn()
    let inside = try await turn.take { () async -> ServiceError? in
      await #expect(throws: ServiceError.self) { try await turn.take {} }
    }
    #expect(
      inside == .conflict("a model is being loaded already; try again when it serves"))
    await #expect(throws: ServiceError.notFound("x")) {
      try await turn.take { throw ServiceError.notFound("x") }
    }
    #expect(try await turn.take { 7 } == 7)
  }
}

/// A service that reloads texts.
private final class Reloads: Sendable {
  struct State {
    var folder: URL
    var serving: String
    var attempts = 0
    var isBusy = false
    var reports: [ModelWatch.Report] = []
  }

  let state: Mutex<State>

  init(serving folder: URL) throws {
    state = Mutex(State(folder: folder, serving: "\(try ModelVersion(of: folder))"))
  }

  func watch() -> ModelWatch {
    ModelWatch {
      self.state.withLock { ($0.folder, $0.serving) }
    } reload: {
      let (isBusy, folder) = self.state.withLock { state in
        state.attempts += 1
        return (state.isBusy, state.folder)
      }
      if isBusy { throw ServiceError.conflict("busy") }
      let (_, version) = try ModelSuccession.open(folder, by: text)
      self.state.withLock { $0.serving = "\(version)" }
    } report: { report in
      self.state.withLock { $0.reports.append(report) }
    }
  }

  var attempts: Int { state.withLock { $0.attempts } }
  var reports: [ModelWatch.Report] { state.withLock { $0.reports } }
}

struct `the watch over a folder` {
  private static func withModel(_ body: (URL, Reloads) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let model = folder.appendingPathComponent("m")
      try write("one", to: model)
      try await body(model, Reloads(serving: model))
    }
  }

  @Test(arguments: [FolderSwap.exchange, .putAside])
  func `loads a model that took the place of another, once`(swap: FolderSwap) async throws {
    try await Self.withModel { model, reloads in
      let watch = reloads.watch()
      for _ in 0..<3 { await watch.look() }
      #expect(reloads.attempts == 0)
      try write("two", to: model, by: swap)
      for _ in 0..<3 { await watch.look() }
      #expect(reloads.attempts == 1)
      #expect(try reloads.reports == [.serving(ModelVersion(of: model))])
      // The same bytes are the same version.
      try write("two", to: model, by: swap)
      await watch.look()
      #expect(reloads.attempts == 1)
    }
  }

  @Test func `reports a version that is refused once, and tries it ever more seldom`() async throws
  {
    try await Self.withModel { model, reloads in
      let watch = reloads.watch()
      try write("two", to: model)
      try model.write("owt", as: "text")
      for _ in 0..<1000 { await watch.look() }
      // After 1, 2, 4, 8, 16, 32 looks, and then every 64.
      #expect(reloads.attempts == 7 + (1000 - 64) / 64)
      let version = try ModelVersion(of: model)
      guard case .refused(version, let reason) = reloads.reports.first else {
        Issue.record("\(reloads.reports)")
        return
      }
      #expect(reason.contains("its SHA-256 is not the one in the manifest"))
      #expect(reloads.reports.count == 1)
      // The file that was still on its way has come.
      try model.write("two", as: "text")
      for _ in 0..<64 { await watch.look() }
      #expect(reloads.reports.dropFirst() == [.serving(version)])
      // A second version that fails is reported too.
      try write("three", to: model)
      try model.write("eerht", as: "text")
      for _ in 0..<3 { await watch.look() }
      #expect(reloads.reports.count == 3)
    }
  }

  @Test func `says once that the folder is gone, and goes on`() async throws {
    try await Self.withModel { model, reloads in
      let watch = reloads.watch()
      let aside = model.appendingPathExtension("aside")
      try FileManager.default.moveItem(at: model, to: aside)
      for _ in 0..<3 { await watch.look() }
      #expect(
        reloads.reports == [.missing(reason: "\(model.path)/manifest.json does not exist")])
      try FileManager.default.moveItem(at: aside, to: model)
      try write("two", to: model)
      await watch.look()
      #expect(try reloads.reports.dropFirst() == [.serving(ModelVersion(of: model))])
    }
  }

  @Test func `lets another reload end first, without calling it a failure`() async throws {
    try await Self.withModel { model, reloads in
      let watch = reloads.watch()
      try write("two", to: model)
      reloads.state.withLock { $0.isBusy = true }
      for _ in 0..<3 { await watch.look() }
      #expect(reloads.attempts == 3)
      #expect(reloads.reports.isEmpty)
      reloads.state.withLock { $0.isBusy = false }
      await watch.look()
      #expect(try reloads.reports == [.serving(ModelVersion(of: model))])
    }
  }

  @Test func `does not load what another reload has brought`() async throws {
    try await Self.withModel { model, reloads in
      let watch = reloads.watch()
      try write("two", to: model)
      let version = try ModelVersion(of: model)
      reloads.state.withLock { $0.serving = "\(version)" }
      await watch.look()
      #expect(reloads.attempts == 0)
      #expect(reloads.reports.isEmpty)
    }
  }

  @Test func `follows the model to another folder`() async throws {
    try await Self.withModel { model, reloads in
      let watch = reloads.watch()
      await watch.look()
      let other = model.deletingLastPathComponent().appendingPathComponent("other")
      try write("two", to: other)
      try reloads.state.withLock { state in
        (state.folder, state.serving) = (other, "\(try ModelVersion(of: other))")
      }
      await watch.look()
      try write("three", to: model)
      await watch.look()
      #expect(reloads.attempts == 0, "nothing serves from that folder")
      try write("four", to: other)
      await watch.look()
      #expect(try reloads.reports == [.serving(ModelVersion(of: other))])
    }
  }
}
