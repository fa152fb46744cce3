import CorralCLI
import CorralText
import Foundation
import Testing

@Suite struct TextSafetyTests {
  @Test(arguments: [
    ("Alien", "Alien"), ("七人の侍 🎬", "七人の侍 🎬"), ("a\tb\nc", "a␉b␊c"),
    ("\u{1B}]0;owned\u{07}", "␛]0;owned␇"), ("x\u{7F}", "x␡"),
    ("\u{9B}2J", "\u{FFFD}2J"), ("\u{202E}gpj.exe", "\u{FFFD}gpj.exe"),
    ("\u{2066}a\u{2069}", "\u{FFFD}a\u{FFFD}"), ("a\u{2028}b", "a\u{FFFD}b"),
  ])
  func `control characters are made visible and nothing else changes`(
    text: String, shown: String
  ) {
    #expect(text.printable == shown)
    #expect(shown.isPrintable)
  }

  @Test func `cells and headings of a table hold no control characters`() {
    var table = Table([("ti\u{1B}[2Jtle", .left), ("n", .right)])
    table.add(["a\u{1B}[31mb", "1\r"])
    let text = table.rendered(.plain)
    #expect(text.split(separator: "\n").allSatisfy { String($0).isPrintable })
    #expect(text.contains("ti␛[2Jtle") && text.contains("a␛[31mb"))
  }

  @Test(arguments: [
    ("u7", "u7"), ("a b", "'a b'"), ("", "''"), ("it's", #"'it'\''s'"#), ("~x", "'~x'"),
    ("/tmp/m-1.d", "/tmp/m-1.d"), ("$HOME", "'$HOME'"), ("a\tb'", #"$'a\011b\''"#),
    ("\u{202E}", #"$'\342\200\256'"#), ("é", "'é'"),
  ])
  func `a word is quoted where a shell would read it otherwise`(text: String, quoted: String) {
    #expect(text.shellQuoted == quoted)
  }

  @Test(arguments: [
    "plain", "two words", "it's", "tab\there", "line\nend", "$(rm x)`y`\\", "\u{1B}[2J", "*?[a]",
    "",
    "七人の侍", "-1", "a\"b",
  ])
  func `bash reads back what was quoted`(text: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "printf %s \(text.shellQuoted)x"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let read = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(String(decoding: read, as: UTF8.self) == text + "x")
  }

  @Test func `an option keeps a value that looks like another option`() {
    #expect(ShellCommand.option("--user", "7") == "--user 7")
    #expect(ShellCommand.option("--user", "-1") == "--user=-1")
    #expect(ShellCommand.option("--user", "a b") == "--user 'a b'")
    #expect(ShellCommand.of(["corral", "evaluate", "my model"]) == "corral evaluate 'my model'")
  }

  @Test func `a long line is broken after commas`() {
    #expect("test, 6 users".foldedAtCommas == "test, 6 users")
    let parts = ["time-cut", "validation from 2023-11-22 22:13:36", "test from 2023-11-25", "end"]
    let text = (parts + parts).joined(separator: ", ")
    let lines = text.foldedAtCommas.split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { $0.count <= 80 })
    #expect(lines.joined(separator: " ") == text)
    let long = String(repeating: "x", count: 90)
    #expect("\(long), y".foldedAtCommas == "\(long),\ny")
    #expect("".foldedAtCommas == "")
  }

  @Test func `numbers and nouns agree`() {
    #expect(Format.counted(1, "epoch") == "1 epoch")
    #expect(Format.counted(0, "user") == "0 users")
    #expect(Format.counted(1_234, "entry", "entries") == "1,234 entries")
    #expect(
      ["exact", "hnsw", "multi-index", "item2vec", "mf", "popularity"].map(Format.indefinite)
        == ["an exact", "an hnsw", "a multi-index", "an item2vec", "an mf", "a popularity"])
  }
}

@Suite struct TableWidthTests {
  private func lines(_ table: Table) -> [String] {
    table.rendered(.plain).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func `the widest text is cut until a line fits, and numbers are not`() {
    var table = Table([("id", .left), ("title", .left), ("genre", .left), ("score", .right)])
    table.add(["7", String(repeating: "t", count: 70), String(repeating: "g", count: 30), "0.123"])
    let lines = lines(table)
    #expect(lines.allSatisfy { $0.displayWidth <= 80 })
    #expect(lines[2].hasPrefix("7 ") && lines[2].hasSuffix("0.123") && lines[2].contains("t…"))
  }

  @Test func `columns of numbers that do not fit continue below the first column`() {
    var table = Table([("metric", .left)] + (1...12).map { ("@\($0)", .right) })
    table.add(["recall"] + (1...12).map { "0.1\($0) ±0.0123" })
    let lines = lines(table)
    #expect(lines.allSatisfy { $0.displayWidth <= 80 })
    #expect(lines.count { $0.hasPrefix("recall") } == 3)
    for column in 1...12 {
      #expect(lines.contains { $0.contains("0.1\(column) ") }, "column \(column) is gone")
    }
  }

  @Test func `wide characters count as two columns when a line is fitted`() {
    var table = Table([("title", .left), ("more", .left), ("n", .right)])
    table.add([String(repeating: "侍", count: 40), String(repeating: "a", count: 50), "12"])
    #expect(lines(table).allSatisfy { $0.displayWidth <= 80 })
  }
}
