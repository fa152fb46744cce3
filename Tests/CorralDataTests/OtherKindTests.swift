import CorralData
import CorralTesting
import Foundation
import Testing

/// Files that are not tables of rows, with their first bytes and words of the message.
private let others: [(name: String, bytes: [UInt8], words: [String])] = [
  ("a.csv", [0x50, 0x4B, 3, 4, 20, 0] + Array("ratings.csv".utf8), ["zip archive", "unzip"]),
  ("a.csv", [0x50, 0x4B, 3, 4] + Array("....[Content_Types].xml".utf8), ["spreadsheet", "CSV"]),
  ("a.npz", [0x50, 0x4B, 3, 4] + Array("....arr_0.npy".utf8), ["NumPy"]),
  ("a.csv", Array("PAR1....PAR1".utf8), ["Parquet", "read_parquet", "python3 -c"]),
  ("a.csv", Array("ORC....".utf8), ["ORC"]), ("a.csv", Array("Obj\u{1}....".utf8), ["Avro"]),
  ("a.db", Array("SQLite format 3\0....".utf8), ["SQLite", "sqlite3"]),
  ("a.csv", Array("BZh91AY&SY".utf8), ["bzip2", "bunzip2"]),
  ("a.csv", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], ["xz", "unxz"]),
  ("a.csv", [0x28, 0xB5, 0x2F, 0xFD, 1], ["zstd"]),
  ("a.pkl", [0x80, 4, 0x95, 0, 0, 0], ["pickle"]),
  ("a.csv", [0xFF, 0xFE] + "user,item\n1,2\n".utf8.flatMap { [$0, 0] }, ["UTF-16", "iconv"]),
  ("a.csv", [0xFE, 0xFF] + "user,item\n1,2\n".utf8.flatMap { [0, $0] }, ["UTF-16", "iconv"]),
  ("a.csv", "user,item\n1,2\n".utf8.flatMap { [$0, 0] }, ["UTF-16", "iconv"]),
  ("a.csv", [0xFF, 0xFE, 0, 0] + "a,b\n".utf8.flatMap { [$0, 0, 0, 0] }, ["UTF-32", "iconv"]),
  ("a.csv", [0, 0, 0xFE, 0xFF] + "a,b\n".utf8.flatMap { [0, 0, 0, $0] }, ["UTF-32", "iconv"]),
  ("a.csv", Array("\n<!DOCTYPE html><html>".utf8), ["HTML", "download"]),
  ("a.csv", Array("%PDF-1.4".utf8), ["PDF"]),
  ("a.json", Array("[{\"user\": 1, \"item\": 2},\n".utf8), ["JSON list", "one object per line"]),
  ("a.json", Array("[\n  {\n".utf8), ["JSON list", "jq"]),
  ("a.json", Array("{\n  \"user\": 1\n}\n".utf8), ["several lines"]),
  ("a.csv", Array("version https://git-lfs.github.com/spec/v1\n".utf8), ["Git LFS"]),
  ("a.csv", Array("user,item\r1,2\r1,3\r".utf8), ["carriage return", "tr "]),
  ("a.csv", (0..<200).map { UInt8(truncatingIfNeeded: $0 * 7 % 5) }, ["not text"]),
]

@Suite struct OtherKindTests {
  @Test(arguments: others.indices)
  func `a file that is not a table is named as what it is`(index: Int) throws {
    let other = others[index]
    try withTemporaryFolder { folder in
      let path = try folder.write(Data(other.bytes), as: other.name)
      let plain = message { _ = try Dataset.load(DataSettings(path: path)) }
      #expect(plain.hasPrefix(path))
      for word in other.words { #expect(plain.contains(word)) }
      // An item file is recognised in the same way.
      let log = try folder.write("user,item\n1,2\n", as: "log.csv")
      var settings = DataSettings(path: log)
      settings.itemFile = path
      #expect(message { _ = try Dataset.load(settings) } == plain)
      let inside = try folder.write(gzipped(Data(other.bytes)), as: "x.csv.gz")
      let compressed = message { _ = try Dataset.load(DataSettings(path: inside)) }
      #expect(compressed == plain.replacing(path, with: inside))
    }
  }

  @Test func `gzip in gzip and a tar in gzip are named`() throws {
    try withTemporaryFolder { folder in
      let twice = try folder.write(gzipped(gzipped(Data("user,item\n".utf8))), as: "a.csv.gz")
      #expect(message { _ = try Dataset.load(DataSettings(path: twice)) }.contains("gzip twice"))
      var tar = [UInt8](repeating: 0, count: 512)
      tar.replaceSubrange(0..<5, with: "a.csv".utf8)
      tar.replaceSubrange(257..<262, with: "ustar".utf8)
      let path = try folder.write(gzipped(Data(tar)), as: "b.tar.gz")
      #expect(message { _ = try Dataset.load(DataSettings(path: path)) }.contains("tar xf"))
    }
  }

  @Test(arguments: [
    "[x],a\n[y],b\n", "user,item\n1,{a}\n", "{\"user\":1,\"item\":2}\n", "PAR,1\n2,b\n",
  ])
  func `texts that begin like another kind are read`(text: String) throws {
    try withTemporaryFolder { folder in
      var settings = DataSettings(path: try folder.write(text, as: "a.csv"))
      if !text.hasPrefix("{") && !text.hasPrefix("user") {
        settings.columns.user = "1"
        settings.columns.item = "2"
        settings.header = .no
      }
      #expect(try Dataset.load(settings).dataset.log.count > 0)
    }
  }

  @Test(arguments: ["[", "{\"a\":", "[{\"a\":["])
  func `brackets without end are a bad row and not an overflow`(bracket: String) throws {
    try withTemporaryFolder { folder in
      let good = "{\"user\": 1, \"item\": 2}\n"
      let deep = String(repeating: bracket, count: 200_000)
      let text = good + "{\"user\": 1, \"item\": 3, \"x\": \(deep)}\n" + good
      let path = try folder.write(text, as: "a.jsonl")
      #expect(
        message { _ = try Dataset.load(DataSettings(path: path)) }.contains(
          "line 2: the line is not a JSON object"))
      var settings = DataSettings(path: path)
      settings.tolerance = 1
      #expect(try Dataset.load(settings).dataset.log.count == 2)
    }
  }

  @Test func `a line longer than any row is an error with its number`() throws {
    try withTemporaryFolder { folder in
      var text = Data("user_id:token\titem_id:token\n1\t1\n2\t2\n".utf8)
      text.append(Data(repeating: 0x61, count: 80 << 20))
      let path = try folder.write(gzipped(text), as: "a.inter.gz")
      #expect(
        message { _ = try Dataset.load(DataSettings(path: path)) }
          == "\(path): line 4 is longer than 16 MB, which is more than a row can have: this is not"
          + " a table, or its line ends are lost")
    }
  }

  @Test func `a pipe is read like a file`() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("log.csv").path
      try #require(mkfifo(path, 0o600) == 0)
      let writer = Thread {
        let file = FileHandle(forWritingAtPath: path)
        try? file?.write(contentsOf: Data("user,item\n1,a\n2,b\n".utf8))
        try? file?.close()
      }
      writer.start()
      #expect(try Dataset.load(DataSettings(path: path)).dataset.log.count == 2)
    }
  }

  @Test func `a file that shrinks while it is read is an error`() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(
        "user,item\n" + String(repeating: "1,a\n", count: 40_000), as: "a.csv")
      let source = try ByteSource(path: path)
      try #require(truncate(path, 100) == 0)
      var bytes = [UInt8](repeating: 0, count: source.size)
      #expect(
        message { _ = try bytes.withUnsafeMutableBytes { try source.read(into: $0, at: 0) } }
          == "\(path): the file became shorter while it was read; read it again when nothing writes"
          + " to it")
    }
  }
}
