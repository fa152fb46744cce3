import CorralData
import CorralTesting
import Testing

@Suite struct EventLinesTests {
  @Test func `usual names of columns are found in any order and spelling`() throws {
    let lines = try EventLines(
      firstLine: Array("timestamp,Movie ID,userId,stars,event_type\r".utf8), file: "log.csv")
    #expect(lines.hasHeader)
    #expect(
      lines.read("1700000000,7,ada,4.5,rate\r")
        == .event(
          StreamEvent(user: "ada", item: "7", type: "rate", value: 4.5, time: 1_700_000_000)))
    #expect(lines.read(" ") == .blank)
    #expect(lines.read("") == .blank)
  }

  @Test func `members of objects may come in any order, be missing, or be null`() throws {
    let lines = try EventLines(firstLine: Array("{\"user\": 1}".utf8), file: "log")
    #expect(!lines.hasHeader)
    #expect(
      lines.read(#"{"type": "buy", "item": 12, "x": {"user": 3}, "userId": "u\u00e9"}"#)
        == .event(StreamEvent(user: "u\u{E9}", item: "12", type: "buy")))
    #expect(
      lines.read(#"{"user": "a", "item": "b", "type": null, "value": null, "time": 1.5}"#)
        == .event(StreamEvent(user: "a", item: "b", time: 1.5)))
    // Of several members with a role the most usual name is taken, wherever it stands.
    #expect(
      lines.read(#"{"session": "s", "user": "a", "user_id": "u", "item": "b", "rating": 2}"#)
        == .event(StreamEvent(user: "u", item: "b", value: 2)))
    #expect(
      lines.read(#"{"rating": 2, "value": 3, "user": "a", "item": "b"}"#)
        == .event(StreamEvent(user: "a", item: "b", value: 3)))
  }

  @Test func `settings name columns, and leave some out`() throws {
    var columns = ColumnNames()
    columns.user = "who"
    columns.rating = "price"
    columns.time = ColumnNames.absent
    let table = try EventLines(
      firstLine: Array("time;user;who;item;price;value".utf8), columns: columns, file: "log.csv")
    #expect(
      table.read("soon;a;b;c;2.5;x") == .event(StreamEvent(user: "b", item: "c", value: 2.5)))
    let objects = try EventLines(firstLine: Array("{}".utf8), columns: columns, file: "log")
    #expect(
      objects.read(#"{"user": "a", "who": "b", "item": "c", "price": 1, "time": "soon"}"#)
        == .event(StreamEvent(user: "b", item: "c", value: 1)))
    columns.user = "nobody"
    #expect(
      throws: DataError.missingColumn(
        file: "log.csv", role: "user", setting: "data.columns.user", wanted: "nobody",
        found: ["who", "item", "price"])
    ) {
      try EventLines(firstLine: Array("who,item,price".utf8), columns: columns, file: "log.csv")
    }
  }

  @Test(
    arguments: [
      ("1700000000", 1_700_000_000), ("1700000000.25", 1_700_000_000.25),
      ("1700000000250", 1_700_000_000.25), ("1700000000250000", 1_700_000_000.25),
      ("1700000000250000000", 1_700_000_000.25), ("17", 17), ("-3.5", -3.5), ("", nil),
      ("2023-11-14T22:13:20Z", 1_700_000_000), ("2023-11-14 22:13:20.25", 1_700_000_000.25),
      ("2023-11-14", 1_699_920_000),
    ] as [(String, Double?)])
  func `times are seconds, whatever their unit`(text: String, seconds: Double?) throws {
    let lines = try EventLines(firstLine: Array("user,item,time".utf8), file: "log.csv")
    #expect(lines.read("a,b,\(text)") == .event(StreamEvent(user: "a", item: "b", time: seconds)))
  }

  @Test func `a date that starts with the day is read if settings say so`() throws {
    var columns = ColumnNames()
    columns.dateOrder = .dayFirst
    let lines = try EventLines(
      firstLine: Array("user,item,time".utf8), columns: columns, file: "log.csv")
    let event = EventLines.Reading.event(StreamEvent(user: "a", item: "b", time: 1_699_920_000))
    #expect(lines.read("a,b,14/11/2023") == event)
    #expect(lines.read("a,b,2023-11-14") == event)
  }

  @Test(arguments: [
    ("a,b,click,1", "4 fields where there should be 5"),
    (",b,click,1,1", "column 'user' is empty"),
    ("a,NA,click,1,1", "column 'item' holds 'NA', which means that it is missing"),
    ("a,b,click,x,1", "column 'value' holds 'x', which is not a number"),
    ("a,b,click,inf,1", "column 'value' holds 'inf', which is not a finite number"),
    (
      "a,b,click,1,20240531",
      "column 'time' holds '20240531', which is a date without separators: write 2024-05-31, or"
        + " seconds since 1970"
    ),
    ("a,b,click,1,inf", "column 'time' holds 'inf', which is not a finite number"),
    ("\"a,b,click,1,1", "a quote opens a field and none closes it on the line"),
    (
      "a,b,click,1,5/6/2024",
      "column 'time' holds '5/6/2024': say whether the day or the month comes first, with"
        + " data.columns.dateOrder=day-first or month-first"
    ),
  ])
  func `a row that is no event says why`(row: String, reason: String) throws {
    let lines = try EventLines(
      firstLine: Array("user,item,type,value,time".utf8), file: "log.csv")
    #expect(lines.read(row) == .bad(reason))
  }

  @Test(arguments: [
    "{\"user\": \"a\", \"item\": ", "[1]", "user,item", "{\"user\": \"a\"} {}", "12",
  ])
  func `a line that is no object says so`(line: String) throws {
    let lines = try EventLines(firstLine: Array("{}".utf8), file: "log.jsonl")
    #expect(lines.read(line) == .bad("the line is not a JSON object"))
  }

  @Test func `a byte order mark, tabs, spaces and typed headers are understood`() throws {
    let event = EventLines.Reading.event(StreamEvent(user: "a", item: "b"))
    for (header, row) in [
      ("\u{FEFF}user,item", "a,b"), ("user\titem", "a\tb"), ("user, item", "a, b"),
      ("user_id:token\titem_id:token", "a\tb"), ("user|item", "a|b"),
    ] {
      #expect(try EventLines(firstLine: Array(header.utf8), file: "log").read(row) == event)
    }
  }

  @Test func `ids that are not UTF-8 keep their bytes, spelled`() throws {
    let lines = try EventLines(firstLine: Array("user,item".utf8), file: "log")
    let row: [UInt8] = [0x61, 0xE9, 0x2C, 0x62]
    #expect(
      row.withUnsafeBytes { lines.read($0) } == .event(StreamEvent(user: "a\\xE9", item: "b")))
  }

  @Test func `a first line that is no header is refused with what to do`() throws {
    for (line, format) in [
      ("196\t242\t3\t881250949", DataFormat.automatic), ("1::2::3::4", .automatic),
      ("1,2,3,pv,5", .automatic), ("1,2,3,pv,5", .taobao),
    ] {
      #expect(
        throws: DataError.badHeader(
          file: "log",
          reason: "the log has no header; a log that is followed names its columns in its first"
            + " line, or holds a JSON object per line")
      ) { try EventLines(firstLine: Array(line.utf8), format: format, file: "log") }
    }
    #expect(throws: DataError.self) {
      try EventLines(firstLine: [0x1F, 0x8B, 8, 0], file: "log")
    }
    #expect(
      throws: DataError.missingColumns(file: "log", roles: [.item], found: ["user", "x"])
    ) { try EventLines(firstLine: Array("user,x".utf8), file: "log") }
  }
}

extension EventLines {
  /// Reads a line that is given as a text.
  fileprivate func read(_ line: String) -> Reading { Array(line.utf8).withUnsafeBytes { read($0) } }
}
