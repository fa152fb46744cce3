import CorralVectors
import Foundation
import Testing

/// What other programs read of a model: ids that survive, and folders that are not overwritten.
@Suite struct ExportTests {
  /// Ids that are hard to write in lines and columns, as they stand in JSON lines and in exports.
  private static let ids: [(json: String, line: String)] = [
    (#"a\nb"#, #"a\nb"#), (#"c\td"#, #"c\td"#), (#"e\\n"#, #"e\\n"#), (#"f\r"#, #"f\r"#),
    (" g ", " g "), (#"h,\"i"#, #"h,"i"#), ("é", "é"), ("e\u{301}", "e\u{301}"),
  ]

  private func trained(in folder: URL) throws -> URL {
    var log = ""
    for user in 0..<8 {
      for (step, id) in Self.ids.enumerated() {
        log +=
          #"{"user_id": "u\#(user)", "item_id": "\#(id.json)", "timestamp": \#(user * 9 + step)}"#
        log += "\n"
      }
    }
    let data = folder.appending(path: "log.jsonl")
    try Data(log.utf8).write(to: data)
    let place = folder.appending(path: "m")
    let outcome = try Binary.run(
      ["train", "--data", data.path, "--out", place.path, "--set", "retriever.model=implicit-als"]
        + ["--set", "retriever.dimension=3", "--set", "train.metric=ndcg@5"] + TinyData.quick
        + ["--set", "evaluate.cutoffs=[5]"])
    try #require(outcome.code == 0, "\(outcome.errors)")
    return place
  }

  @Test(arguments: ["npy", "safetensors", "tsv"])
  func `every id has one line, by its bytes`(_ format: String) throws {
    try withTemporaryFolder { folder in
      let model = try trained(in: folder)
      let place = folder.appending(path: "e")
      let outcome = try Binary.run("export", model.path, "--format", format, "--out", place.path)
      try #require(outcome.code == 0, "\(outcome.errors)")
      let name = format == "tsv" ? "items.tsv" : "items.txt"
      let lines = try Data(contentsOf: place.appending(path: name)).split(separator: 10)
      let ids = lines.map { Array($0.split(separator: 9).first ?? []) }
      #expect(Set(ids) == Set(Self.ids.map { Array($0.line.utf8) }))
      #expect(format != "tsv" || lines.allSatisfy { $0.split(separator: 9).count == 4 })
    }
  }

  @Test func `an export replaces an export, and nothing else`() throws {
    try withTemporaryFolder { folder in
      let model = try trained(in: folder)
      let place = folder.appending(path: "e")
      func export(_ format: String) throws -> Outcome {
        try Binary.run("export", model.path, "--format", format, "--out", place.path)
      }
      func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
      }
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      #expect(try export("npy").code == 0)
      #expect(try export("tsv").code == 0)
      #expect(try names() == ["export.json", "items.tsv", "users.tsv"])
      let note = place.appending(path: "notes.md")
      try Data("mine".utf8).write(to: note)
      let refused = try export("npy")
      #expect(refused.code == 2 && refused.errors.contains("holds notes.md, which no export wrote"))
      #expect(try names() == ["export.json", "items.tsv", "notes.md", "users.tsv"])
      try FileManager.default.removeItem(at: place.appending(path: "export.json"))
      try FileManager.default.removeItem(at: note)
      #expect(try export("npy").code == 2)
      let onModel = try Binary.run("export", model.path, "--format", "npy", "--out", model.path)
      #expect(onModel.code == 2)
      try FileManager.default.removeItem(at: place)
      try Data("a file".utf8).write(to: place)
      #expect(try export("npy").code == 2)
      #expect(try Data(contentsOf: place) == Data("a file".utf8))
    }
  }
}
