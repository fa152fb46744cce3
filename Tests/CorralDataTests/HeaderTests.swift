import CorralData
import CorralTesting
import Foundation
import Testing

/// Reads a log with changed settings; returns its items and the notes.
private func read(
  _ text: String, _ change: (inout DataSettings) -> Void = { _ in }
) throws -> (items: [String], notes: [String]) {
  try withTemporaryFolder { folder in
    var settings = DataSettings(path: try folder.write(text, as: "log.csv"))
    change(&settings)
    let (dataset, report) = try Dataset.load(settings)
    return (dataset.log.items.map { dataset.items[$0.position] }, report.notes.map(\.text))
  }
}

private func byNumber(_ settings: inout DataSettings) {
  settings.columns.user = "1"
  settings.columns.item = "2"
}

@Suite struct HeaderTests {
  @Test(
    arguments: [
      "alice,apple\nalice,pear\nbob,apple\n", "1,apple\n2,pear\n2,apple\n",
      "alice,apple,2024-05-01\nalice,pear,2024-05-02\nbob,apple,2024-05-03\n",
      "alice,apple\nbob,pear\ncarol,apple\n", "alice\tapple\nbob\tpear\ncarol\tapple\n",
    ])
  func `a file without header is read by numbers of columns, and that is said`(
    text: String
  ) throws {
    let found = try read(text, byNumber)
    #expect(found.items == ["apple", "pear", "apple"])
    #expect(
      found.notes.contains { $0.contains("is taken as a row") && $0.contains("data.header") })
  }

  @Test(
    arguments: [
      ("user_id,item_id\na,x\nb,y\n", ["x", "y"]), ("userId,item\n1,x\n2,y\n", ["x", "y"]),
      ("who,user,item\n1,2,x\n3,4,y\n", ["x", "y"]),
    ])
  func `usual names are a header without a word`(text: String, items: [String]) throws {
    let found = try read(text)
    #expect(found.items == items)
    #expect(found.notes.allSatisfy { !$0.contains("data.header") })
  }

  @Test(
    arguments: [
      "kunde,artikel\nanna,x\nbert,y\n", "kunde,artikel,preis\nanna,x,3\nbert,y,4\n",
      "kunde,artikel,wann\nanna,x,2024-05-01\nbert,y,2024-05-02\n",
    ])
  func `other names are a header where they are no values`(text: String) throws {
    let found = try read(text) {
      $0.columns.user = "kunde"
      $0.columns.item = "artikel"
    }
    #expect(found.items == ["x", "y"])
  }

  @Test func `values of the first row find their columns and stay a row`() throws {
    let found = try read("alice,apple\nalice,pear\nbob,apple\n") {
      $0.columns.user = "alice"
      $0.columns.item = "apple"
    }
    #expect(found.items == ["apple", "pear", "apple"])
  }

  @Test(
    arguments: [
      ("0,1\na,x\nb,y\n", HeaderUse.yes, ["x", "y"]), ("0,1\na,x\nb,y\n", .no, ["1", "x", "y"]),
      ("kunde,artikel\na,x\n", .no, ["artikel", "x"]), ("alice,x\nalice,y\n", .yes, ["y"]),
      ("user_id,item_id\na,x\n", .no, ["item_id", "x"]),
    ])
  func `a setting decides`(text: String, header: HeaderUse, items: [String]) throws {
    let found = try read(text) {
      byNumber(&$0)
      $0.header = header
    }
    #expect(found.items == items)
    #expect(found.notes.allSatisfy { !$0.contains("data.header") })
  }

  @Test(arguments: [
    ("true", HeaderUse.yes), ("false", .no), ("\"yes\"", .yes), ("\"auto\"", .automatic),
  ])
  func `the setting is a word or what YAML makes of it`(json: String, expected: HeaderUse) throws {
    #expect(try JSONDecoder().decode(HeaderUse.self, from: Data(json.utf8)) == expected)
  }

  @Test(
    arguments: [
      ("log.csv", "\u{FEFF}1,a\n1,b\n2,a\n"), ("log.csv", "\u{FEFF}user,item\n1,a\n1,b\n2,a\n"),
      (
        "log.jsonl",
        "\u{FEFF}{\"user\":\"1\",\"item\":\"a\"}\n{\"user\":\"1\",\"item\":\"b\"}\n{\"user\":\"2\",\"item\":\"a\"}\n"
      ),
      ("log.inter", "\u{FEFF}user_id:token\titem_id:token\n1\ta\n1\tb\n2\ta\n"),
      ("u.data", "\u{FEFF}1\ta\t1\t1\n1\tb\t1\t1\n2\ta\t1\t1\n"),
      ("ratings.dat", "\u{FEFF}1::a::1::1\n1::b::1::1\n2::a::1::1\n"),
      ("UserBehavior.csv", "\u{FEFF}1,a,9,pv,1\n1,b,9,pv,1\n2,a,9,pv,1\n"),
    ], [false, true])
  func `a byte order mark belongs to no field`(
    file: (name: String, text: String), isCompressed: Bool
  ) throws {
    try withTemporaryFolder { folder in
      let data = Data(file.text.utf8)
      var settings = DataSettings(
        path: try folder.write(isCompressed ? gzipped(data) : data, as: file.name))
      if file.text.contains("\u{FEFF}1,a\n") { byNumber(&settings) }
      let dataset = try Dataset.load(settings).dataset
      #expect(dataset.users.ids == ["1", "2"])
      #expect(dataset.items.ids == ["a", "b"])
    }
  }

  @Test(
    arguments: [
      "", " ", "NA", "N/A", "NULL", "null", "\\N", "None", "none", "nan", "NaN", "<NA>",
    ])
  func `words for a missing value are neither users nor items`(word: String) throws {
    for row in ["\(word),x", "a,\(word)"] {
      let text = message { _ = try read("user,item\na,x\n\(row)\nb,y\n") }
      #expect(
        text.contains(
          word.isEmpty ? "is empty" : "holds '\(word)', which means that it is missing"))
      let found = try read("user,item\na,x\n\(row)\nb,y\n") { $0.tolerance = 1 }
      #expect(found.items == ["x", "y"])
    }
  }

  @Test(arguments: ["Nancy", "nanny", "NAN0", "Nothing", "None of Us", "nulls", "N", "0"])
  func `other words are ids`(word: String) throws {
    #expect(try read("user,item\na,\(word)\n").items == [word])
  }

  @Test func `a film called None has its title`() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write("user,item\na,1\nb,2\n", as: "log.csv")
      try folder.write("item,title\n1,None\n2,NA\n", as: "log.items.csv")
      #expect(try Dataset.load(DataSettings(path: path)).dataset.titles == ["None", "NA"])
    }
  }
}
