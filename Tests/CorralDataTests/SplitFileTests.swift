import CorralData
import CorralTesting
import Foundation
import Testing

@Suite struct SplitFileTests {
  private static func rows(_ separator: String, header: String, _ items: [Int]) -> String {
    header
      + items.flatMap { item in
        ["1", "2"].map { [$0, "\(item)", "3", "\(item)"].joined(separator: separator) + "\n" }
      }.joined()
  }

  private static let layouts: [(names: [String], separator: String, header: String)] = [
    (
      ["ml.train.inter", "ml.valid.inter", "ml.test.inter"], "\t",
      "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
    ),
    (["train.csv", "val.csv", "test.csv"], ",", "user,item,rating,time\n"),
    (["shop_train.csv", "shop_dev.csv", "shop_test.csv"], ",", "user,item,rating,time\n"),
    (["u1.base", "", "u1.test"], "\t", ""),
    (["x-train.tsv", "", "x-test.tsv"], "\t", "user\titem\trating\ttime\n"),
  ]

  @Test(arguments: layouts)
  func `files that are already split are read as they are`(
    names: [String], separator: String, header: String
  ) throws {
    try withTemporaryFolder { folder in
      let parts = [[1, 2, 3], [4], [5, 6]]
      for (name, items) in zip(names, parts) where !name.isEmpty {
        try folder.write(Self.rows(separator, header: header, items), as: name)
      }
      let hasValidation = !names[1].isEmpty
      let (dataset, report) = try Dataset.load(DataSettings(path: folder.path))
      #expect(report.notes.contains { $0.text.hasPrefix("the data come split") })
      for rule in [SplitRule(), .files] {
        let split = try dataset.split(rule)
        #expect(split.training[0].map { dataset.items[$0.position] } == ["1", "2", "3"])
        #expect(split.validation[1].count == (hasValidation ? 1 : 0))
        #expect(split.test[1].map { dataset.items[$0.position] } == ["5", "6"])
        #expect(split.rule == "as the files are split")
      }
      // Another rule splits all files again.
      #expect(try dataset.split(.leaveOneOut).test[0].map { dataset.items[$0.position] } == ["6"])
      var settings = DataSettings(path: folder.path + "/" + names[0])
      let alone = try Dataset.load(settings)
      #expect(alone.dataset.log.count == 6)
      #expect(alone.report.notes.contains { $0.text.contains("data.split.rule=files") })
      settings.split = .files
      #expect(try Dataset.load(settings).dataset.log.count == dataset.log.count)
    }
  }

  @Test func `filters leave every row in its part`() throws {
    try withTemporaryFolder { folder in
      try folder.write("user,item,time\na,1,1\na,2,2\nb,1,1\nb,3,2\n", as: "train.csv")
      try folder.write("user,item,time\na,3,3\nb,2,3\n", as: "test.csv")
      var settings = DataSettings(path: folder.path)
      settings.filter = CoreFilter(minItem: 2)
      settings.only = ["time>=1"]
      let split = try Dataset.load(settings).dataset.split(.files)
      #expect(split.training.values.count == 4 && split.test.values.count == 2)
    }
  }

  @Test func `a note says that split files are put together if nothing is held out`() throws {
    try withTemporaryFolder { folder in
      try folder.write("user,item,time\na,1,1\na,2,2\n", as: "train.csv")
      try folder.write("user,item,time\na,3,3\n", as: "test.csv")
      var settings = DataSettings(path: folder.path)
      settings.split = .none
      let notes = try Dataset.load(settings).report.notes
      #expect(notes.contains { $0.text.hasSuffix("put together, and nothing is held out") })
    }
  }

  @Test func `a rule that holds nothing out keeps everything in training`() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write("user,item,time\na,1,1\na,2,2\nb,1,1\n", as: "log.csv")
      let split = try Dataset.load(DataSettings(path: path)).dataset.split(.none)
      #expect(split.training.values.count == 3)
      #expect(split.validation.values.isEmpty && split.test.values.isEmpty)
    }
  }

  @Test func `a log that does not come split cannot be cut by its files`() throws {
    try withTemporaryFolder { folder in
      var settings = DataSettings(path: try folder.write("user,item\na,1\na,2\n", as: "log.csv"))
      let dataset = try Dataset.load(settings).dataset
      #expect(message { try dataset.split(.files) }.contains("does not come in files"))
      settings.split = .files
      #expect(message { try Dataset.load(settings) }.contains("NAME.train.csv"))
    }
  }

  @Test func `features beside a split are found by the name in common`() throws {
    try withTemporaryFolder { folder in
      let header = "user_id:token\titem_id:token\n"
      try folder.write(header + "a\t1\na\t2\n", as: "ml.train.inter")
      try folder.write(header + "a\t3\n", as: "ml.test.inter")
      try folder.write("item_id:token\ttitle:token_seq\n1\tOne\n2\tTwo\n3\tThree\n", as: "ml.item")
      #expect(
        try Dataset.load(DataSettings(path: folder.path)).dataset.titles
          == ["One", "Two", "Three"])
    }
  }

  @Test(arguments: ["2024-01-03", "1704240000", "2024-01-03 00:00"])
  func `a time cut takes dates where the log has them`(from: String) throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(
        "user,item,time\na,1,2024-01-01\na,2,2024-01-02\na,3,2024-01-03\na,4,2024-01-04\n",
        as: "log.csv")
      let rule = SplitRule.timeCut(
        validationFrom: CutPoint(stringLiteral: from), testFrom: "2024-01-04")
      let json = try JSONEncoder().encode(rule)
      let read = try JSONDecoder().decode(SplitRule.self, from: json)
      let split = try Dataset.load(DataSettings(path: path)).dataset.split(read)
      #expect(split.training.values.count == 2)
      #expect(split.validation.values.count == 1 && split.test.values.count == 1)
      #expect(split.rule.contains("2024-01-03"))
    }
  }

  @Test func `a time cut that is not a time, or in the wrong order, says so`() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write("user,item,time\na,1,5\na,2,6\na,3,7\n", as: "log.csv")
      let dataset = try Dataset.load(DataSettings(path: path)).dataset
      func said(_ first: CutPoint, _ second: CutPoint) -> String {
        message { try dataset.split(.timeCut(validationFrom: first, testFrom: second)) }
      }
      #expect(said("soon", 7).contains("a date such as 2024-05-31"))
      #expect(said("2024-01-01", "2024-01-02").contains("numbers such as 5"))
      #expect(said(7, 6).contains("starts before validation"))
      #expect(said(-0.5, 0.9).contains("a share of the log from 0 to 1"))
    }
  }
}
