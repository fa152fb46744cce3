import Foundation
import Testing

/// The commands of a document: lines of its fenced `sh` blocks that start with `corral`.
private func corralCommands(in text: String) -> [[String]] {
  text.matches(of: /(?ms)^```sh\n(.*?)^```/).flatMap { block in
    String(block.1).replacing("\\\n", with: " ").split(separator: "\n").compactMap {
      line -> [String]? in
      let code = line.split(separator: "#", maxSplits: 1).first ?? ""
      let words = code.split(separator: " ").map { $0.replacing("'", with: "") }
      guard let program = words.first, program.split(separator: "/").last == "corral" else {
        return nil
      }
      return words.dropFirst().map { String($0) }
    }
  }
}

@Suite struct ReadmeTests {
  @Test func `commands are found in fenced blocks only`() {
    let text = """
      Run `corral doctor`, then:
      ```sh
      make demo
      .build/release/corral train --data 'x y' \\
        --out model   # trains
      ```
      """
    #expect(corralCommands(in: text) == [["train", "--data", "x", "y", "--out", "model"]])
  }

  /// In order, in one folder: a command may use what an earlier one made.
  @Test func `every command of the README runs`() throws {
    let file = packageRoot.appending(path: "README.md")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let commands = corralCommands(in: text)
    try withTemporaryFolder { folder in
      // Files that the repository offers are where a reader of the README finds them.
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: "Examples"),
        withDestinationURL: packageRoot.appending(path: "Examples"))
      for command in commands {
        let outcome = try Binary.run(command, in: folder)
        #expect(
          outcome.code == 0, "corral \(command.joined(separator: " ")): \(outcome.errors)")
      }
    }
  }

  @Test func `every example can be trained with, and says by which command`() throws {
    let folder = packageRoot.appending(path: "Examples")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names.count >= 7)
    for name in names {
      let file = folder.appending(path: name)
      let outcome = try Binary.run("config", "--config", file.path)
      #expect(outcome.code == 0, "\(name): \(outcome.errors)")
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.contains("corral train --config Examples/\(name) --data PATH --out "), "\(name)")
    }
  }
}
