import CorralData
import CorralTesting
import Foundation
import Testing

@Suite struct ColumnRoleTests {
  /// Writes a file and loads it.
  private func load(
    _ text: String, as name: String = "shop.csv", _ change: (inout DataSettings) -> Void = { _ in }
  ) throws -> (dataset: Dataset, report: LoadReport) {
    try withTemporaryFolder { folder in
      var settings = DataSettings(path: try folder.write(text, as: name))
      change(&settings)
      return try Dataset.load(settings)
    }
  }

  private func column(_ role: ColumnRole, of report: LoadReport) -> String? {
    report.columns.first { $0.role == role }?.name
  }

  @Test(arguments: [
    "date", "event_time", "created_at", "when", "t_dat", "order_date", "InvoiceDate", "purchase_ts",
    "sold", "order_purchase_timestamp", "zeitpunkt",
  ])
  func `a column of dates is the time under any name`(name: String) throws {
    let (dataset, report) = try load(
      "user_id,item_id,\(name)\na,x,2024-03-02\na,y,2024-03-01\nb,x,2024-02-03\n")
    #expect(dataset.order == .time)
    #expect(
      report.columnsLine == "columns: user = user_id, item = item_id, time = \(name) (dates)")
    #expect(!report.notes.contains { $0.kind == .warning })
  }

  @Test(arguments: ["clickTime", "purchase_ts", "epoch", "sold_at"])
  func `numbers of the size of times are the time where the name speaks of one`(name: String) throws
  {
    let (dataset, report) = try load(
      "user_id,item_id,\(name)\na,x,1714564800\na,y,1714564700\nb,x,1714564900\n")
    #expect(dataset.order == .time)
    #expect(column(.time, of: report) == name)
  }

  @Test(arguments: [
    ("price", "1714564800"), ("stock", "7"), ("birth_date", "1990-05-01"),
    ("session", "171456480012"),
  ])
  func `prices, ids and features of a user are not times`(name: String, value: String) throws {
    let (dataset, report) = try load(
      "user_id,item_id,\(name)\na,x,\(value)\na,y,\(value)\nb,x,\(value)\n")
    #expect(dataset.order == .none)
    let warning = try #require(report.notes.first { $0.kind == .warning })
    #expect(warning.text.contains("data.columns.time"))
  }

  @Test func `of two columns of dates none is taken, and both are named`() throws {
    let (dataset, report) = try load(
      "user,item,ordered,shipped\na,x,2024-01-02,2024-01-05\na,y,2024-01-01,2024-01-09\n")
    #expect(!dataset.log.hasTimes)
    let warning = try #require(report.notes.first { $0.kind == .warning })
    #expect(warning.text.contains("'ordered' and 'shipped' could be it"))
    let named = try load(
      "user,item,ordered,shipped\na,x,2024-01-02,2024-01-05\na,y,2024-01-01,2024-01-09\n"
    ) { $0.columns.time = "shipped" }
    #expect(column(.time, of: named.report) == "shipped")
  }

  @Test(arguments: [(DateOrder.dayFirst, "1717545600"), (.monthFirst, "1714953600")])
  func `dates that could be read two ways are named, and a setting reads them`(
    order: DateOrder, time: String
  ) throws {
    let text = "user,item,InvoiceDate\na,x,5/6/2024\na,y,6/7/2024\nb,x,7/8/2024\n"
    let guessed = try load(text).report
    #expect(column(.time, of: guessed) == nil)
    let warning = try #require(guessed.notes.first { $0.kind == .warning })
    #expect(warning.text.contains("data.columns.time=InvoiceDate with data.columns.dateOrder="))
    let (dataset, report) = try load(text) { $0.columns.dateOrder = order }
    #expect(column(.time, of: report) == "InvoiceDate")
    #expect(dataset.log.times.first.map(dataset.log.timeScale.text) == time)
    #expect(!report.notes.contains { $0.kind == .warning })
    let only = "InvoiceDate>=2024-06-06"
    #expect(
      try load(text) { ($0.columns.dateOrder, $0.only) = (order, [only]) }.dataset.log.count == 2)
    #expect(
      message { try load(text) { $0.only = [only] } }.contains("data.columns.dateOrder=day-first"))
  }

  @Test func `a broken date among dates with slashes is a bad row`() throws {
    let text = "user,item,when\na,x,31/5/2024\na,y,0/0/2024\nb,x,30/5/2024\n"
    #expect(try load(text) { $0.tolerance = 1 }.dataset.order == .time)
    #expect(message { try load(text) }.contains("line 3: column 'when' holds '0/0/2024'"))
  }

  @Test func `a column with the name of a time and other texts is no advice without a word`() throws
  {
    let report = try load("user,item,when\na,x,31 May 2024\nb,x,30 May 2024\n").report
    let warning = try #require(report.notes.first { $0.kind == .warning })
    #expect(warning.text.contains("once it holds dates such as 2024-05-31 and not '31 May 2024'"))
  }

  @Test func `times of day beside a column of days are named, since they are not read`() throws {
    let report = try load(
      "user,item,date,time\na,x,2024-05-31,8:15\na,y,2024-05-31,08:10:30\n"
    ).report
    let warning = try #require(report.notes.first { $0.kind == .warning })
    #expect(warning.text.contains("the times of day in column 'time' are not read"))
    #expect(
      try load("user,item,date,score\na,x,2024-05-31,8\nb,x,2024-05-31,9\n").report.notes.isEmpty)
  }

  @Test func `there is no warning if the order of the file is asked for or no order is needed`()
    throws
  {
    let text = "user,item\na,x\na,y\nb,x\n"
    #expect(try load(text) { $0.columns.time = "none" }.report.notes.isEmpty)
    #expect(try load(text) { $0.order = .file }.report.notes.isEmpty)
    #expect(try load(text) { $0.split = .ratio() }.report.notes.isEmpty)
    #expect(try load(text).report.notes.count == 1)
    #expect(try load(text) { $0.split = .ratio(order: .time) }.report.notes.count == 1)
  }

  @Test(arguments: [
    ("customer_id", "sku"), ("CustomerID", "StockCode"), ("visitorid", "itemid"),
    ("msno", "song_id"), ("member_id", "business_id"), ("session_id", "article_id"),
  ])
  func `users and items have many names`(user: String, item: String) throws {
    let (_, report) = try load("\(user),\(item),price\na,x,1\nb,y,2\n")
    #expect(column(.user, of: report) == user && column(.item, of: report) == item)
  }

  @Test func `all columns that are missing are named at once, with the names there are`() throws {
    let both = message { try load("who,what\n1,2\n") }
    #expect(both.contains("no column holds the user or the item"))
    #expect(both.contains("the columns are 'who' and 'what'"))
    #expect(both.contains("data.columns.user") && both.contains("data.columns.item"))
    #expect(both.contains("customer_id") && both.contains("product_id"))
    let one = message { try load("user,what\n1,2\n") }
    #expect(one.contains("no column holds the item") && !one.contains("data.columns.user"))
  }

  @Test func `interactions of a user at the same time are counted`() throws {
    let dataset = try load(
      "user,item,time\na,1,5\na,2,5\na,3,6\na,4,7\na,5,7\na,6,7\nb,1,5\nb,2,8\nb,3,9\n"
    ).dataset
    let split = try dataset.split()
    #expect(split.tiedInteractions == 5)
    #expect(split.tiesLine?.hasPrefix("5 of 9 interactions share their time") == true)
    #expect(try load("user,item,time\na,1,1\na,2,2\na,3,3\n").dataset.split().tiesLine == nil)
  }

  @Test(arguments: [
    ("timestamp>=2024-01-09", 2), ("timestamp>=1704758400", 2), ("timestamp<2024-01-09 12:00", 2),
    ("timestamp==2024-01-09", 1), ("timestamp>1704758400000", 1), ("timestamp>=20240109", 2),
  ])
  func `conditions compare dates with dates and with numbers`(condition: String, kept: Int) throws {
    let text = "user,item,timestamp\na,1,2024-01-08\na,2,2024-01-09\na,3,2024-01-10\n"
    #expect(try load(text) { $0.only = [condition] }.dataset.log.count == kept)
    let numbers = "user,item,timestamp\na,1,1704672000\na,2,1704758400\na,3,1704844800\n"
    guard !condition.contains("000000") && condition.contains("2024-") else { return }
    #expect(
      try load(numbers) { $0.only = [condition] }.dataset.log.count
        == (condition.contains("==") ? 1 : kept))
  }

  @Test func `a condition on a column that holds no times takes no date`() throws {
    #expect(
      message {
        try load("user,item,price,tag\na,1,3,x\n") { $0.only = ["tag>=2024-01-09"] }
      }.contains("holds no times"))
  }
}
