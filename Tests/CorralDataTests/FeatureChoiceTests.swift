import CorralData
import CorralTesting
import Foundation
import Testing

@Suite struct FeatureChoiceTests {
  private let log = "user,item,time\n" + (0..<12).map { "a,\($0),\($0)\n" }.joined()

  private func load(
    items: String, as name: String = "shop.items.csv",
    _ change: (inout DataSettings) -> Void = { _ in }
  ) throws -> (table: FeatureTable, report: LoadReport) {
    try withTemporaryFolder { folder in
      try folder.write(items, as: name)
      var settings = DataSettings(path: try folder.write(log, as: "shop.csv"))
      change(&settings)
      let (dataset, report) = try Dataset.load(settings)
      return (dataset.itemFeatures, report)
    }
  }

  private var catalogue: String {
    "item,title,genres,description,url,category_id,tags\n"
      + (0..<12).map {
        "\($0),T\($0),\($0 % 2 == 0 ? "A|B" : "B"),text \($0),http://x/\($0),\($0 % 3),p q\n"
      }.joined()
  }

  @Test func `texts of which nearly every row has its own are left out with a word`() throws {
    let (table, report) = try load(items: catalogue)
    #expect(table.columns.map(\.name) == ["genres", "category_id", "tags"])
    #expect(report.notes.contains { $0.text.contains("'description' and 'url'") })
  }

  @Test func `columns are chosen and typed by setting`() throws {
    let (table, report) = try load(items: catalogue) {
      $0.itemFeatures = .only([
        FeatureName(name: "category_id", kind: .category),
        FeatureName(name: "tags", kind: .categories), FeatureName(name: "url"),
      ])
    }
    #expect(table.columns.map(\.name) == ["url", "category_id", "tags"])
    guard case .categories(let rows, let words) = table["category_id"]?.values,
      case .categories(let tags, _) = table["tags"]?.values
    else {
      Issue.record("the columns are no categories")
      return
    }
    #expect(words.ids == ["0", "1", "2"] && rows[4] == [1] && tags[0].count == 2)
    #expect(report.notes.isEmpty)
    #expect(try load(items: catalogue) { $0.itemFeatures = .only([]) }.table.columns.isEmpty)
  }

  @Test(arguments: [#""auto""#, #"["genres","price:float","a:b"]"#, #"["c:token"]"#, "[]"])
  func `a choice is the same after settings were written and read`(json: String) throws {
    let choice = try JSONDecoder().decode(FeatureChoice.self, from: Data(json.utf8))
    let written = String(decoding: try JSONEncoder().encode(choice), as: UTF8.self)
    #expect(written == json)
  }

  @Test func `a column that is not there, twice there, or without a name is an error`() throws {
    #expect(
      message {
        try load(items: catalogue) { $0.itemFeatures = .only([FeatureName(name: "genre")]) }
      }.contains("there is none called 'genre'"))
    #expect(
      message {
        try load(items: catalogue) {
          $0.itemFeatures = .only([FeatureName(name: "url"), FeatureName(name: "url")])
        }
      }.contains("named twice"))
    #expect(message { try FeatureName(":float") }.contains("write the name of a column"))
  }

  @Test(arguments: ["userFeatures", "itemFeatures"])
  func `a name that cannot be read is an error at its own key`(key: String) throws {
    let defaults = try JSONEncoder().encode(["data": DataSettings()])
    let broken = String(decoding: defaults, as: UTF8.self)
      .replacing("\"\(key)\":\"auto\"", with: "\"\(key)\":[\":float\"]")
    #expect(
      message { try JSONDecoder().decode([String: DataSettings].self, from: Data(broken.utf8)) }
        .hasPrefix("setting 'data.\(key)' is ':float': write the name of a column"))
  }

  @Test(arguments: ["NA", "NaN", "None", "NULL", "\\N", "-", "n/a", ""])
  func `a word for a missing value among numbers is an unknown number`(word: String) throws {
    let items =
      "item,price\n" + (0..<12).map { "\($0),\($0 == 3 ? word : "\($0).5")\n" }.joined()
    let (table, report) = try load(items: items)
    guard case .numbers(let prices) = table["price"]?.values else {
      Issue.record("the price is no number")
      return
    }
    #expect(prices[3].isNaN && prices[4] == 4.5)
    #expect(report.notes.contains { $0.text.contains("1 row without a number") } == !word.isEmpty)
    let atomic = items.replacing(",", with: "\t").replacing(
      "item\tprice", with: "item_id:token\tprice:float")
    #expect(try load(items: atomic, as: "shop.item").table["price"]?.values != nil)
  }

  @Test func `thousands may stand apart`() throws {
    let items =
      "item,views,odd\n" + (0..<12).map { "\($0),\"\($0),963\",\"1,2\"\n" }.joined()
    let (table, report) = try load(items: items)
    guard case .numbers(let views) = table["views"]?.values else {
      Issue.record("the views are no numbers")
      return
    }
    #expect(views[1] == 1963 && views[11] == 11_963)
    #expect(report.notes.contains { $0.text.contains("12 rows with commas") })
    guard case .categories = table["odd"]?.values else {
      Issue.record("'1,2' is not a number")
      return
    }
  }

  @Test func `a column of numbers with some words says what it became and why`() throws {
    let items = "item,size\n" + (0..<12).map { "\($0),\($0 % 4 == 3 ? "big" : "\($0)")\n" }.joined()
    let (table, report) = try load(items: items)
    guard case .categories = table["size"]?.values else {
      Issue.record("the size is numbers")
      return
    }
    #expect(report.notes.contains { $0.text.contains("9 rows have a number and 3 rows do not") })
    let forced = try load(items: items) {
      $0.itemFeatures = .only([FeatureName(name: "size", kind: .number)])
    }
    guard case .numbers(let sizes) = forced.table["size"]?.values else {
      Issue.record("the size is no number")
      return
    }
    #expect(sizes[3].isNaN && sizes[4] == 4)
    #expect(forced.report.notes.contains { $0.text.contains("'big' first on line 5") })
  }

  @Test func `two columns that become one are found while reading`() throws {
    let items = "item_id:token\tv:float_seq\tv.0:float\n1\t1 2\t3\n"
    #expect(message { try load(items: items, as: "shop.item") }.contains("become 'v.0'"))
  }

  @Test func `columns whose names differ in bytes only are two`() throws {
    let items = "item,caf\u{e9},cafe\u{301}\n" + (0..<12).map { "\($0),a,b\n" }.joined()
    let (table, _) = try load(items: items)
    #expect(table.columns.count == 2)
    guard case .categories(_, let words) = table["cafe\u{301}"]?.values else {
      Issue.record("the column is not found by its bytes")
      return
    }
    #expect(words.ids == ["b"])
  }
}
