import CorralData
import CorralTesting
import Foundation
import Testing

private let header = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"

/// A log with one bad row, and the expected message.
struct BadRow: CustomTestStringConvertible, Sendable {
  var row: String
  var line = 3
  var says: String
  var testDescription: String { says }
}

@Suite struct BadInputTests {
  @Test(
    arguments: [
      BadRow(
        row: "2\tb\tfour\t2\n", says: "column 'rating' holds 'four', which is not a number"),
      BadRow(
        row: "2\tb\tnan\t2\n", says: "column 'rating' holds 'nan', which is not a finite number"),
      BadRow(row: "2\tb\t0x1\t2\n", says: "column 'rating' holds '0x1', which is not a number"),
      BadRow(row: "2\tb\t\t2\n", says: "column 'rating' is empty"),
      BadRow(
        row: "2\tb\t4\tsoon\n",
        says: "column 'timestamp' holds 'soon', which is neither a number nor a date of the"
          + " calendar such as 2024-05-31, 2024-05-31T12:00:00Z, 2024/05/31 12:00 or 31.05.2024"),
      BadRow(
        row: "2\tb\t4\t2024-13-01\n",
        says: "column 'timestamp' holds '2024-13-01', which is neither a number nor a date of the"
          + " calendar such as 2024-05-31, 2024-05-31T12:00:00Z, 2024/05/31 12:00 or 31.05.2024"),
      BadRow(row: "\tb\t4\t2\n", says: "column 'user_id' is empty"),
      BadRow(row: "2\t\t4\t2\n", says: "column 'item_id' is empty"),
      BadRow(row: "2\tb\t4\n", says: "3 fields where there should be 4"),
      BadRow(row: "2\tb\t4\t2\t9\n", says: "5 fields where there should be 4"),
      BadRow(row: "two\n", says: "1 field where there should be 4"),
      BadRow(
        row: "2\tb\t4\t2\n3\tc", line: 4,
        says: "2 fields where there should be 4, and the line has no end: the file is cut off"),
    ])
  func `one bad row says file, line and what to do`(bad: BadRow) throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(header + "1\ta\t5\t1\n" + bad.row, as: "ratings.inter")
      #expect(
        message { try Dataset.load(DataSettings(path: path)) }
          == "\(path), line \(bad.line): \(bad.says); correct it, or tolerate bad rows with"
          + " data.tolerance")
    }
  }

  @Test func `bad rows are tolerated up to a number, and listed`() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(
        header + "1\ta\t5\t1\n2\tb\tx\t2\n\n2\tb\t4\n3\tc\t1\t3\n", as: "ratings.inter")
      var settings = DataSettings(path: path)
      settings.tolerance = 1
      #expect(
        message { try Dataset.load(settings) }
          == """
          2 bad rows, where 1 are tolerated:
            \(path), line 3: column 'rating' holds 'x', which is not a number
            \(path), line 5: 3 fields where there should be 4
          correct them, or tolerate bad rows with data.tolerance
          """)
      settings.tolerance = 2
      let (dataset, report) = try Dataset.load(settings)
      #expect(dataset.users.ids == ["1", "3"])
      #expect(report.badRows == 2)
      #expect(report.problems.map(\.line) == [3, 5])
      #expect(report.files[0].rows == 4)
      #expect(report.files[0].blankLines == 1)
    }
  }

  @Test func `lines are counted across chunks, and every problem is counted`() throws {
    try withTemporaryFolder { folder in
      let count = 120_000
      let text = (0..<count).map { "\($0 % 100)\t\($0 % 7)\t\($0 % 1000 == 999 ? "?" : "1")\t1\n" }
      let path = try folder.write(header + text.joined(), as: "long.inter")
      let report = DataReport(validating: DataSettings(path: path), limit: 50)
      #expect(report.problemCount == count / 1000)
      #expect(report.problems.map(\.line) == (1...50).map { $0 * 1000 + 1 })
      #expect(!report.isValid)
    }
  }

  @Test func `wrong headers say what is wrong with them`() throws {
    try withTemporaryFolder { folder in
      func said(_ text: String) -> String {
        message { try Dataset.load(DataSettings(path: folder.write(text, as: "a.inter"))) }
          .replacing(folder.path + "/", with: "")
      }
      #expect(
        said("user_id\titem_id\n1\t2\n")
          == "a.inter, line 1: the header has 'user_id' where atomic files name a column and its"
          + " type, as in 'user_id:token', with tabs in between; add the header, or name another"
          + " format with data.format")
      #expect(
        said("user_id:tokn\titem_id:token\n1\t2\n")
          == "a.inter, line 1: column 'user_id' has the type 'tokn'; the types are 'token',"
          + " 'token_seq', 'float' and 'float_seq'")
      #expect(
        said("user_id:token\tuser_id:token\n1\t2\n")
          == "a.inter, line 1: the header names column 'user_id' twice")
      #expect(
        said("user_id:token\tthing:token\n1\t2\n").hasPrefix(
          "a.inter: no column holds the item: none has a usual name; the columns are 'user_id'"
            + " and 'thing': name one of them with data.columns.item\n  usual names of the item: "))
      #expect(said("") == "a.inter: the file holds no row")
      #expect(said("user_id:token\titem_id:token\n") == "a.inter: the file holds no row")
    }
  }

  @Test func `a column that is named and not there names those that are`() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write("who,what\n1,2\n", as: "a.csv")
      var settings = DataSettings(path: path)
      settings.columns.user = "who"
      settings.columns.item = "thing"
      #expect(
        message { try Dataset.load(settings) }
          == "\(path): no column holds the item: there is none called 'thing'; the columns are 'who'"
          + " and 'what': name one of them with data.columns.item")
      settings.columns.item = "what"
      #expect(try Dataset.load(settings).dataset.items.ids == ["2"])
      try folder.write("who,what,rating\n1,2,good\n", as: "a.csv")
      settings.columns.rating = "none"
      #expect(try Dataset.load(settings).dataset.items.ids == ["2"])
    }
  }

  @Test func `files without a header have numbers for columns`() throws {
    try withTemporaryFolder { folder in
      var settings = DataSettings(path: try folder.write("9,u1,i1\n8,u2,i2\n", as: "a.csv"))
      settings.columns.user = "2"
      settings.columns.item = "3"
      #expect(try Dataset.load(settings).dataset.users.ids == ["u1", "u2"])
    }
  }

  @Test func `compressed data that is cut off or damaged says so`() throws {
    try withTemporaryFolder { folder in
      let text = (0..<5000).map { "\($0)\t\($0 * 7 % 1013)\t3\t\($0)\n" }.joined()
      let whole = try gzipped(Data(text.utf8))
      let cut = try folder.write(whole.prefix(whole.count / 2), as: "u.data.gz")
      #expect(
        message { try Dataset.load(DataSettings(path: cut)) }
          == "\(cut): the gzip data ends before its end: the file is cut off; fetch or compress the"
          + " file again")
      var damaged = whole
      for at in 200..<260 { damaged[at] ^= 0xFF }
      let broken = try folder.write(damaged, as: "b.data.gz")
      #expect(
        message { try Dataset.load(DataSettings(path: broken)) }
          == "\(broken): the gzip data is damaged; fetch or compress the file again")
    }
  }

  @Test func `paths that lead nowhere, or to too much, say what was found`() throws {
    #expect(
      message { try Dataset.load(DataSettings(path: "/no/such/place")) }
        == "/no/such/place: there is no such file or folder; check data.path")
    #expect(
      message { try Dataset.load(DataSettings()) }
        == "setting 'data.path' is '': name a file or folder of interactions")
    try withTemporaryFolder { folder in
      let settings = DataSettings(path: folder.path)
      let wanted =
        "Corral looks for NAME.inter, ratings.dat, ratings.csv, u.data, UserBehavior.csv,"
        + " log_standard*.csv, or a single .jsonl, .csv or .tsv: give the path of the file itself"
      #expect(
        message { try Dataset.load(settings) }
          == "\(folder.path): no file of interactions is in this folder, which is empty; \(wanted)")
      try folder.write("hello\n", as: "notes.txt")
      #expect(
        message { try Dataset.load(settings) }
          == "\(folder.path): no file of interactions is in this folder, which holds 'notes.txt';"
          + " \(wanted)")
      #expect(
        message { try Dataset.load(DataSettings(path: folder.path + "/notes.txt")) }
          == "\(folder.path)/notes.txt: the first line, 'hello', fits no known format; name the format"
          + " with data.format, one of 'auto', 'atomic', 'movielens', 'csv', 'tsv', 'jsonl',"
          + " 'taobao' and 'kuairand'")
      try folder.write(header, as: "a.inter")
      try folder.write(header, as: "b.inter")
      #expect(
        message { try Dataset.load(settings) }
          == "\(folder.path): 'a.inter' and 'b.inter' could each be the interactions; give the path"
          + " of the file itself")
    }
    #expect(
      message { try DataFormat(named: "parquet") }
        == "there is no data format 'parquet'; the formats are 'auto', 'atomic', 'movielens', 'csv',"
        + " 'tsv', 'jsonl', 'taobao' and 'kuairand'")
  }

  @Test func `quotes that do not end and lines that are not objects are bad rows`() throws {
    try withTemporaryFolder { folder in
      let csv = try folder.write("user,item\n1,\"2\n", as: "a.csv")
      #expect(
        message { try Dataset.load(DataSettings(path: csv)) }
          == "\(csv), line 2: a quote opens a field and none closes it within 1,000 lines,"
          + " before a separator or a line end: the row is taken to end with the line; correct it, or"
          + " tolerate bad rows with data.tolerance")
      let json = try folder.write(
        "{\"user\": 1, \"item\": 2}\n{\"user\": 1, \"item\": }\n", as: "a.jsonl")
      #expect(
        message { try Dataset.load(DataSettings(path: json)) }
          == "\(json), line 2: the line is not a JSON object; correct it, or tolerate bad rows with"
          + " data.tolerance")
    }
  }

  @Test func `problems of features are problems as well`() throws {
    try withTemporaryFolder { folder in
      try folder.write("user_id:token\titem_id:token\n1\ta\n1\tb\n", as: "x.inter")
      let side = try folder.write(
        "item_id:token\tprice:float\na\tcheap\nb\t2\nb\t3\nb", as: "x.item")
      #expect(
        message { try Dataset.load(DataSettings(path: folder.path)) }
          == """
          3 bad rows, where none is tolerated:
            \(side), line 2: column 'price' holds 'cheap', which is not a number
            \(side), line 4: column 'item_id' holds 'b' for the second time
            \(side), line 5: 1 field where there should be 2, and the line has no end: the file is \
          cut off
          correct them, or tolerate bad rows with data.tolerance
          """)
    }
  }

  @Test func `rules that drop every row report how much each dropped`() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write("1\ta\t5\t1\n2\tb\t4\t2\n", as: "u.data")
      var settings = DataSettings(path: path)
      settings.filter = CoreFilter(minUser: 5)
      #expect(
        message { try Dataset.load(settings) }
          == "\(path): no interaction is left of 2 rows: 0 dropped by data.only, 0 by data.events, 0"
          + " bad, 0 repeated, 2 dropped by data.filter; weaken them")
      settings.filter = CoreFilter()
      settings.order = .time
      settings.path = try folder.write("user_id:token\titem_id:token\n1\ta\n", as: "x.inter")
      #expect(
        message { try Dataset.load(settings) }
          == "setting 'data.order' is 'time': the interactions have no times; name their column with"
          + " data.columns.time")
    }
  }
}
