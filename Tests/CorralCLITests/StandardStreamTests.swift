import Foundation
import Testing

/// Streams that are closed, full, or whose reader went away.
@Suite struct StandardStreamTests {
  private static let fixture =
    packageRoot.appending(path: "Tests/CorralCLITests/Fixtures/format-1/implicit-als").path

  /// Commands whose result stands on standard output.
  static let results = [
    "config --json", "--help", "models", "recommend \"$1\" --user u3 -k 2",
    "similar \"$1\" --item i1 -k 2 --json",
  ]

  #if os(Linux)
    @Test(arguments: results)
    func `a result that cannot be written is a failure`(_ command: String) throws {
      for (target, reason) in [(">/dev/full", "no space is left"), (">&-", "it is closed")] {
        let outcome = try Binary.shell("\"$0\" \(command) \(target)", Self.fixture)
        #expect(outcome.code == 1)
        #expect(
          outcome.errors.contains(
            "error: the result could not be written to standard output: \(reason)"),
          "\(outcome.errors)")
      }
    }

    @Test(arguments: ["2>/dev/full", "2>&-"])
    func `an exit code stays right when nothing can be said`(_ target: String) throws {
      for command in ["recommend nosuch --user 1", "train --data nosuch --out x", "export nosuch"] {
        let expected = command.hasPrefix("export") ? 64 : 2
        let outcome = try Binary.shell("\"$0\" \(command) \(target)")
        #expect(outcome.code == expected && outcome.output.isEmpty)
      }
    }
  #endif

  @Test(arguments: results)
  func `a reader that went away is no failure`(_ command: String) throws {
    let outcome = try Binary.shell(
      "(\"$0\" \(command); echo code $? >&2) | true", Self.fixture)
    #expect(outcome.errors.hasSuffix("code 0\n") && !outcome.errors.contains("error"))
  }

  @Test(arguments: ["0<&-", "1>&-", "2>&-"])
  func `a stream that is closed takes no file of a model`(_ closed: String) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData.write(into: folder)
      let place = folder.appending(path: "m")
      let settings = TinyData.quick.joined(separator: " ")
      _ = try Binary.shell(
        "\"$0\" train --data \"$1\" --out \"$2\" --set retriever.model=mf \(settings) \(closed)",
        data.path, place.path)
      let log = try String(contentsOf: place.appending(path: "training.jsonl"), encoding: .utf8)
      let lines = log.split(separator: "\n")
      #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
      let asked = try Binary.run("recommend", place.path, "--user", "u1")
      #expect(asked.code == 0, "\(asked.errors)")
    }
  }
}
