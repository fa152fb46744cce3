import CorralHTTP
import CorralService
import Foundation
import Logging
import Synchronization
import Testing

@Suite struct ReloadingTests {
  @Test func `the watch loads what takes the place of the model, and says what it does once`()
    async throws
  {
    try await withServer { running in
      let said = Said()
      let model = running.folder.appending(path: "model")
      let manifest = model.appending(path: "manifest.json")
      let watch = FolderWatch(
        running.service, model: model, every: .milliseconds(1),
        logger: Logger(label: "test") { LineLogHandler(label: $0) { said.add($0) } })
      let watching = Task { try await watch.run() }
      for name in ["second", "third"] {
        let count = said.lines.count
        try Data("{\"name\": \"\(name)\"}".utf8).write(to: manifest, options: .atomic)
        while said.lines.count == count { try await Task.sleep(for: .milliseconds(1)) }
        #expect(try running.service.status.model == "\(ModelVersion(of: model))")
      }
      try FileManager.default.removeItem(at: manifest)
      while said.lines.count == 2 { try await Task.sleep(for: .milliseconds(1)) }
      watching.cancel()
      try await watching.value
      let lines = said.lines
      #expect(lines.count == 3)
      for line in lines.prefix(2) { #expect(line.contains("the model was reloaded")) }
      #expect(lines.last?.contains("the folder is gone") == true)
    }
  }
}

/// What a logger was told.
private final class Said: Sendable {
  private let told = Mutex<[String]>([])

  var lines: [String] { told.withLock { $0 } }

  func add(_ line: String) { told.withLock { $0.append(line) } }
}
