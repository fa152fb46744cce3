import CorralHTTP
import CorralService
import CorralTesting
import Foundation
import Logging
import Synchronization
import Testing

@Suite struct ReloadingTests {
  /// Puts another manifest in the place of a model's.
  private func replace(_ model: String, by name: String, in folder: URL) throws {
    try Data("{\"name\": \"\(name)\"}".utf8)
      .write(to: folder.appending(path: "\(model)/manifest.json"), options: .atomic)
  }

  /// Calls `body` with a server whose arm `fresh` has the model `better`.
  private func withArms(_ body: @escaping @Sendable (RunningServer) async throws -> Void)
    async throws
  {
    try await withTemporaryFolder { folder in
      var settings = ServiceSettings()
      settings.experiment = Experiment(
        name: "models",
        arms: [
          Experiment.Arm("old"),
          Experiment.Arm("fresh", model: folder.appending(path: "better").path),
        ])
      try await withServer(service: settings, folder: folder, body)
    }
  }

  @Test func `the watch loads what takes the place of a model, and says what it does once`()
    async throws
  {
    try await withArms { running in
      let said = Said()
      let watch = FolderWatch(running.service, every: .milliseconds(1), logger: said.logger)
      let watching = Task { try await watch.run() }
      let places = ["model": ModelPlace.everybody, "better": .arm("fresh")]
      for (model, name) in [("model", "second"), ("better", "third"), ("model", "fourth")] {
        let count = said.lines.count
        try replace(model, by: name, in: running.folder)
        try await until { said.lines.count > count }
        let folder = running.folder.appending(path: model)
        let place = try #require(places[model])
        #expect(try running.service.serving(at: place).version == "\(ModelVersion(of: folder))")
        let line = said.lines[count]
        #expect(line.contains("the model was reloaded"))
        #expect(line.contains("arm=fresh") == (model == "better"), "\(line)")
      }
      try FileManager.default.removeItem(at: running.folder.appending(path: "better"))
      try await until { said.lines.count == 4 }
      #expect(said.lines[3].contains("folder is gone"))
      #expect(said.lines[3].contains("better/manifest.json"))
      watching.cancel()
      try await watching.value
      #expect(said.lines.count == 4)
    }
  }

  @Test func `a hangup reloads all models, or none and says why`() async throws {
    try await withArms { running in
      let service = running.service
      let said = Said()
      let (hangups, hangup) = AsyncStream<Void>.makeStream()
      let reload = HangupReload(service, logger: said.logger) { hangups }
      let listening = Task { try await reload.run() }
      func versions() -> [String] { service.places.map { service.serving(at: $0).version } }
      let first = versions()
      let folder = running.folder
      try replace("model", by: "second", in: folder)
      try replace("better", by: "third", in: folder)
      #expect(versions() == first)
      hangup.yield()
      try await until { said.lines.count == 2 }
      let second = versions()
      #expect(zip(first, second).allSatisfy { $0 != $1 })
      for (line, version) in zip(said.lines, second) {
        #expect(line.contains("the model was reloaded") && line.contains("SIGHUP"), "\(line)")
        #expect(line.contains(version), "\(line)")
      }
      try replace("model", by: "fourth", in: folder)
      try FileManager.default.removeItem(at: folder.appending(path: "better"))
      hangup.yield()
      try await until { said.lines.count == 3 }
      #expect(versions() == second)
      #expect(said.lines[2].contains("the model was not reloaded"), "\(said.lines[2])")
      #expect(said.lines[2].contains("better is not served"), "\(said.lines[2])")
      hangup.finish()
      try await listening.value
      #expect(said.lines.count == 3)
    }
  }
}

/// Waits, without a limit, until a condition holds.
private func until(_ isMet: () -> Bool) async throws {
  while !isMet() { try await Task.sleep(for: .milliseconds(1)) }
}

/// What a logger was told.
private final class Said: Sendable {
  private let told = Mutex<[String]>([])

  var lines: [String] { told.withLock { $0 } }

  var logger: Logger {
    Logger(label: "test") { label in LineLogHandler(label: label) { self.add($0) } }
  }

  func add(_ line: String) { told.withLock { $0.append(line) } }
}
