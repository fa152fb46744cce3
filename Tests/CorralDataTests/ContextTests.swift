import CorralData
import CorralTesting
import Foundation
import Testing

/// A log with every kind of column; the empty fields are unknown.
private let logs: [(name: String, text: String)] = [
  (
    "shop.inter",
    "user_id:token\titem_id:token\ttimestamp:float\ttab:token\tprice:float\tis_like:float\n"
      + "7\t11\t3\ta\t1.5\t1\n8\t12\t1\t\t\t0\n7\t13\t2\tb\t2\t\n"
  ),
  (
    "shop.csv",
    "user,item,time,tab,price,is_like\n7,11,3,a,1.5,1\n8,12,1,,,0\n7,13,2,b,2,\n"
  ),
  (
    "shop.tsv",
    "user\titem\ttime\ttab\tprice\tis_like\n7\t11\t3\ta\t1.5\t1\n8\t12\t1\t\t\t0\n7\t13\t2\tb\t2\t\n"
  ),
  (
    "shop.jsonl",
    """
    {"user": 7, "item": 11, "time": 3, "tab": "a", "price": 1.5, "is_like": true}
    {"user": 8, "item": 12, "time": 1, "is_like": 0}
    {"user": 7, "item": 13, "time": 2, "tab": "b", "price": 2, "is_like": null}

    """
  ),
]

private let exposures = """
  user_id,video_id,date,hourmin,time_ms,is_click,is_like,play_time_ms,duration_ms,tab
  1,a,20220408,1330,1649395800000,1,0,500,1000,1
  1,b,20220408,1330,1649395800000,0,0,250,1000,1
  1,c,20220408,30,1649435400000,1,1,3000,1000,0
  1,d,20220408,30,1649435400000,0,0,0,0,1
  2,a,20220409,0,1649520000000,1,0,100,1000,4
  3,e,20220409,0,1649520000000,0,0,0,1000,4

  """

@Suite struct ContextTests {
  private func load(
    _ text: String, as name: String, _ change: (inout DataSettings) -> Void = { _ in }
  ) throws -> (dataset: Dataset, report: LoadReport) {
    try withTemporaryFolder { folder in
      var settings = DataSettings(path: try folder.write(text, as: name))
      change(&settings)
      return try Dataset.load(settings)
    }
  }

  @Test(arguments: logs)
  func `context and labels are read from every format`(name: String, text: String) throws {
    let columns = try load(text, as: name) {
      $0.context = ["tab", "price:float"]
      $0.labels = ["is_like"]
    }.dataset.log.columns
    #expect(
      columns.context
        == ContextTable(
          count: 3,
          columns: [
            ContextColumn(
              name: "tab",
              values: .categories([0, -1, 1], vocabulary: Vocabulary(["a", "b"]))),
            ContextColumn(name: "price", values: .numbers([1.5, .nan, 2])),
          ]))
    #expect(
      columns.labels == LabelTable(count: 3, names: ["is_like"], columns: [[1, 0, .nan]]))
  }

  @Test func `columns called as the time or the weight are written under names of their own`()
    throws
  {
    let text = "user,item,when,timestamp,Weight\n7,11,3,a,1\n8,12,1,b,0\n7,13,2,a,1\n"
    let dataset = try load(text, as: "shop.csv") {
      $0.columns.time = "when"
      $0.columns.weight = "none"
      $0.context = ["timestamp:token"]
      $0.labels = ["Weight"]
    }.dataset
    try withTemporaryFolder { folder in
      let report = try dataset.write(to: folder.path, as: .csv, name: "again")
      #expect(report.renamedColumns == ["context_timestamp", "label_Weight"])
      let written = try String(
        contentsOf: folder.appending(path: "again.csv"), encoding: .utf8)
      #expect(written.hasPrefix("user_id,item_id,timestamp,context_timestamp,label_Weight\n"))
      var settings = DataSettings(path: folder.path)
      settings.context = ["context_timestamp:token"]
      settings.labels = ["label_Weight"]
      let log = try Dataset.load(settings).dataset.log
      #expect(log.times == [3, 1, 2] && log.weights == [1, 1, 1])
      #expect(log.columns.labels.columns == [[1, 0, 1]])
      #expect(
        log.columns.context["context_timestamp"]?.values
          == .categories([0, 1, 0], vocabulary: Vocabulary(["a", "b"])))
    }
  }

  @Test(arguments: logs)
  func `nothing is kept that is not named`(name: String, text: String) throws {
    // A number of an atomic file may be missing only in a column of labels or context.
    let text = text.replacing("\t\t\t0", with: "\t\t1\t0").replacing("\t2\t\n", with: "\t2\t1\n")
    let log = try load(text, as: name).dataset.log
    #expect(log.columns == InteractionColumns())
    #expect(log.residentBytes == 60)
    let known = try load(text, as: name) { $0.context = ["tab"] }.dataset.log
    #expect(known.residentBytes == 72)
  }

  @Test func `KuaiRand has tabs, hours, labels and shares`() throws {
    let (dataset, report) = try load(exposures, as: "log_standard_1.csv") {
      $0.context = ["tab", "hour", "weekday"]
      $0.labels = ["click", "is_like", "watch"]
    }
    let context = dataset.log.columns.context
    func words(_ name: String) -> [String] {
      guard case .categories(let values, let words) = context[name]?.values else { return [] }
      return values.map { words[Int($0)] }
    }
    #expect(words("tab") == ["1", "0", "4"])
    #expect(words("hour") == ["13", "0", "0"])
    // 8 and 9 April 2022: a Friday and a Saturday.
    #expect(words("weekday") == ["4", "4", "5"])
    let labels = dataset.log.columns.labels
    #expect(labels.names == ["click", "is_like", "watch"])
    #expect(labels.columns == [[1, 1, 1], [0, 1, 0], [0.5, 1, 0.1]])
    #expect(labels["watch"] == [0.5, 1, 0.1])
    // Items b and d, and user 3, have no click.
    #expect(dataset.items.ids == ["a", "c"])
    #expect(report.files[0].impressions == 3)
    #expect(report.impressions == 0)
  }

  @Test func `an hour is taken from the time if no column has it`() throws {
    let text = "user,item,time\n1,a,2022-04-08T13:30:00Z\n1,b,1649435400\n"
    let context = try load(text, as: "a.csv") { $0.context = ["hour"] }.dataset.log.columns.context
    #expect(
      context["hour"]?.values
        == .categories([0, 1], vocabulary: Vocabulary(["13", "16"])))
    let places = "user,item,time\n1,a,1649435400\n1,b,2\n"
    #expect(
      message { try load(places, as: "a.csv") { $0.context = ["hour"] } }.hasSuffix(
        "a.csv, line 3: column 'time' holds '2', which has no hour and no weekday: numbers"
          + " below 100,000,000 are places in a sequence; correct it, or tolerate bad rows with data.tolerance"
      ))
  }

  @Test(
    arguments: [
      (
        ["tab:word"], [],
        "setting 'data.context' is 'tab:word': write the name of a column, with ':token' for"
          + " categories or ':float' for numbers where its header does not say so, as in 'tab' or"
          + " 'price:float'"
      ),
      (
        ["shelf"], [],
        "no column holds the context: there is none called 'shelf'; the columns are 'user', 'item',"
          + " 'time', 'tab', 'price' and 'is_like': name one of them with data.context"
      ),
      (
        [], ["liked"],
        "no column holds the label: there is none called 'liked'; the columns are 'user', 'item',"
          + " 'time', 'tab', 'price' and 'is_like': name one of them with data.labels"
      ),
      (
        [], ["tab"],
        "line 2: column 'tab' holds 'a', which is not a number; correct it, or tolerate bad rows"
          + " with data.tolerance"
      ),
      (
        ["tab:float"], [],
        "line 2: column 'tab' holds 'a', which is not a number; correct it, or tolerate bad rows"
          + " with data.tolerance"
      ),
      (
        ["tab", "tab"], [],
        "setting 'data.context' is 'tab' and 'tab': 'tab' is named twice"
      ),
    ])
  func `absent columns and bad values say where`(
    context: [String], labels: [String], text: String
  ) {
    let found = message {
      try load(logs[1].text.replacing(",b,", with: ",1,"), as: "shop.csv") {
        $0.context = context
        $0.labels = labels
      }
    }
    #expect(found.hasSuffix(text), "\(found)")
  }

  @Test func `bad rows that are tolerated leave columns aligned`() throws {
    let text =
      "user,item,tab,hourmin,is_like\n1,a,x,100,1\n1,b,y,9999,0\n1,c,z,200,often\n1,d,w,300,0\n"
    let log = try load(text, as: "a.csv") {
      $0.context = ["tab", "hour"]
      $0.labels = ["is_like"]
      $0.tolerance = 2
    }.dataset.log
    #expect(log.count == 2)
    #expect(log.columns.labels.columns == [[1, 0]])
    #expect(
      log.columns.context["tab"]?.values
        == .categories([0, 1], vocabulary: Vocabulary(["x", "w"])))
    #expect(
      log.columns.context["hour"]?.values
        == .categories([0, 1], vocabulary: Vocabulary(["1", "3"])))
  }

  @Test func `filters and repeats take the columns along`() throws {
    var text = "user,item,time,tab,is_like\n"
    for row in 0..<60 {
      let (user, item) = (row % 7, row * row % 11)
      text += "\(user),\(item),\(100 - row),t\(user)-\(item),\(user * 100 + item)\n"
    }
    let log = try load(text, as: "a.csv") {
      $0.context = ["tab"]
      $0.labels = ["is_like"]
      $0.repeats = .first
      $0.filter = CoreFilter(minUser: 2, minItem: 5)
    }.dataset
    guard case .categories(let tabs, let words) = log.log.columns.context["tab"]?.values else {
      Issue.record("the tab is not a column of categories")
      return
    }
    #expect(log.log.count < 60 && log.log.count > 5)
    for row in 0..<log.log.count {
      let user = log.users[log.log.users[row].position]
      let item = log.items[log.log.items[row].position]
      #expect(words[Int(tabs[row])] == "t\(user)-\(item)")
      let expected = (Float(user) ?? .nan) * 100 + (Float(item) ?? .nan)
      #expect(log.log.columns.labels["is_like"]?[row] == expected)
    }
  }

  @Test func `names of other bytes are other columns`() throws {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    let column = ContextColumn(name: composed, values: .numbers([1]))
    #expect(column == ContextColumn(name: composed, values: .numbers([1])))
    #expect(column != ContextColumn(name: decomposed, values: .numbers([1])))
    #expect(
      FeatureColumn(name: composed, values: .numbers([1]))
        != FeatureColumn(name: decomposed, values: .numbers([1])))
    let both = ContextTable(
      count: 1,
      columns: [column, ContextColumn(name: decomposed, values: .numbers([2]))])
    #expect(
      try both.encoded([[decomposed: "5"]]).columns.map(\.values) == [
        .numbers([.nan]), .numbers([5]),
      ])
  }

  @Test func `requests are encoded with what was learnt`() throws {
    let schema = ContextTable(
      count: 2,
      columns: [
        ContextColumn(
          name: "tab", values: .categories([1, 0], vocabulary: Vocabulary(["a", "b"]))),
        ContextColumn(name: "price", values: .numbers([1, 2])),
      ]
    ).schema
    #expect(schema.count == 0 && schema.columns.count == 2)
    let encoded = try schema.encoded([["tab": "b", "price": "2.5"], ["tab": "new"], [:]])
    #expect(
      encoded.columns.map(\.values) == [
        .categories([1, -1, -1], vocabulary: Vocabulary(["a", "b"])),
        .numbers([2.5, .nan, .nan]),
      ])
    #expect(
      message { try schema.encoded([["shelf": "3"]]) }
        == "setting 'context' is 'shelf': the context has 'tab' and 'price'")
    #expect(
      message { try schema.encoded([["price": "cheap"]]) }
        == "setting 'context.price' is 'cheap': a finite number is needed")
    #expect(
      message { try ContextTable().encoded([["tab": "a"]]) }
        == "setting 'context' is 'tab': no context is known here: name its columns with data.context"
        + " and train again")
  }
}
