import CorralData
import CorralTesting
import Foundation
import Testing

@Suite struct KeyMatchTests {
  /// Loads a log and a file of items; returns the notes.
  private func load(
    log: String, items: String, _ change: (inout DataSettings) -> Void = { _ in }
  ) throws -> (dataset: Dataset, notes: [DataNote]) {
    try withTemporaryFolder { folder in
      try folder.write(items, as: "shop.items.csv")
      var settings = DataSettings(path: try folder.write(log, as: "shop.csv"))
      change(&settings)
      let (dataset, report) = try Dataset.load(settings)
      return (dataset, report.notes)
    }
  }

  private func log(_ item: (Int) -> String) -> String {
    "user,item,time\n" + (0..<6).map { "a,\(item($0)),\($0)\n" }.joined()
  }

  private func items(_ item: (Int) -> String) -> String {
    "item,title\n" + (0..<6).map { "\(item($0)),Title \($0)\n" }.joined()
  }

  @Test(arguments: [
    ("decimal point", "#.0", "#"), ("leading zeros", "1#", "001#"), ("other capitals", "a#", "A#"),
  ])
  func `ids that are written in another way are named as such`(
    words: String, one: String, other: String
  ) throws {
    let notes = try load(
      log: log { one.replacing("#", with: "\($0)") },
      items: items { other.replacing("#", with: "\($0)") }
    ).notes
    let warning = try #require(notes.first { $0.kind == .warning })
    #expect(warning.text.contains("none of the 6 items of the log (0%)"))
    #expect(warning.text.contains(words) && warning.text.contains("shop.items.csv"))
  }

  @Test func `another column of the file that matches is named, and can be set`() throws {
    let catalogue = "item,code,title\n" + (0..<6).map { "n\($0),\($0),Title \($0)\n" }.joined()
    let warning = try #require(
      try load(log: log { "\($0)" }, items: catalogue).notes.first { $0.kind == .warning })
    #expect(warning.text.contains("set data.itemKey=code"))
    let set = try load(log: log { "\($0)" }, items: catalogue) { $0.itemKey = "code" }
    #expect(set.dataset.titles == (0..<6).map { "Title \($0)" })
  }

  @Test func `another column of the log that matches is named`() throws {
    let text = "user,item,code,time\n" + (0..<6).map { "a,v\($0),\($0),\($0)\n" }.joined()
    let warning = try #require(
      try load(log: text, items: items { "\($0)" }).notes.first { $0.kind == .warning })
    #expect(warning.text.contains("set data.columns.item=code"))
  }

  @Test(arguments: [("asin", "parent_asin"), ("item_id", "sku"), ("product_id", "article_id")])
  func `items are joined by the column that both files have`(own: String, both: String) throws {
    let text = "user,\(own),\(both),time\n" + (0..<6).map { "a,v\($0),\($0),\($0)\n" }.joined()
    let catalogue = "\(both),title\n" + (0..<6).map { "\($0),Title \($0)\n" }.joined()
    let (dataset, notes) = try load(log: text, items: catalogue)
    #expect(dataset.titles == (0..<6).map { "Title \($0)" })
    #expect(notes.contains { $0.text.hasPrefix("items are column '\(both)'") })
    let chosen = try load(log: text, items: catalogue) { $0.columns.item = own }
    #expect(chosen.dataset.items[0] == "v0")
    #expect(chosen.notes.contains { $0.kind == .warning })
  }

  @Test func `there is no warning if the files match`() throws {
    #expect(try load(log: log { "\($0)" }, items: items { "\($0)" }).notes.isEmpty)
  }
}
