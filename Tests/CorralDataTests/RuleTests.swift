import CorralData
import CorralTesting
import Foundation
import Testing

@Suite struct RuleTests {
  private func weights(
    _ text: String, as name: String, events: EventRules = [:], only: [String] = []
  ) throws -> (items: [String: Float], report: LoadReport) {
    try withTemporaryFolder { folder in
      var settings = DataSettings(path: try folder.write(text, as: name))
      settings.events = events
      settings.only = only
      let (dataset, report) = try Dataset.load(settings)
      let items = zip(dataset.log.items, dataset.log.weights).map {
        (dataset.items[$0.position], $1)
      }
      return (Dictionary(uniqueKeysWithValues: items), report)
    }
  }

  private let ratings = "1\ta\t5\t1\n1\tb\t3\t2\n2\tc\t4\t3\n2\td\t1\t4\n"

  @Test func `ratings become weights, and what meets no rule is counted`() throws {
    let (items, report) = try weights(
      ratings, as: "u.data", events: ["rating>=4": 1, "rating == 3": 0.3])
    #expect(items == ["a": 1, "b": 0.3, "c": 1])
    #expect(report.files[0].uncounted == 1)
    #expect(report.matches.map(\.rule) == ["rating == 3", "rating>=4"])
    #expect(report.matches.map(\.rows) == [1, 2])
    #expect(report.interactions == 3)
  }

  @Test func `the largest weight of the rules that a row meets counts`() throws {
    let (items, _) = try weights(ratings, as: "u.data", events: ["rating>2": 1, "rating>4": 2])
    #expect(items == ["a": 2, "b": 1, "c": 1])
  }

  @Test func `a rating can be the weight itself`() throws {
    let (items, _) = try weights(
      ratings, as: "u.data", events: EventRules([.init("rating", .value)]))
    #expect(items == ["a": 5, "b": 3, "c": 4, "d": 1])
  }

  @Test func `kinds of events have weights; a click of Taobao is a page view`() throws {
    let log = "1,a,9,pv,1\n1,b,9,buy,2\n1,c,9,cart,3\n"
    let (items, report) = try weights(
      log, as: "UserBehavior.csv", events: ["click": 1, "buy": 4, "fav": 2])
    #expect(items == ["a": 1, "b": 4])
    #expect(report.matches.map(\.rule) == ["buy", "click", "fav"])
    #expect(report.matches.map(\.rows) == [1, 1, 0])
  }

  private let exposures = """
    user_id,video_id,date,time_ms,is_click,is_like,play_time_ms,duration_ms,tab
    1,a,1,1,1,0,500,1000,1
    1,b,1,2,0,0,250,1000,1
    1,c,1,3,1,1,3000,1000,0
    1,d,1,4,0,0,0,0,1

    """

  @Test func `KuaiRand counts clicks, likes or the share that was watched`() throws {
    #expect(try weights(exposures, as: "log.csv").items == ["a": 1, "c": 1])
    #expect(
      try weights(exposures, as: "log.csv", events: ["click": 1, "like": 3]).items
        == ["a": 1, "c": 3])
    #expect(
      try weights(exposures, as: "log.csv", events: EventRules([.init("watch", .fraction)])).items
        == ["a": 0.5, "b": 0.25, "c": 1])
    #expect(
      try weights(exposures, as: "log.csv", events: ["watch>=0.5": 1]).items == ["a": 1, "c": 1])
  }

  @Test func `conditions keep the rows that meet all of them`() throws {
    let (items, report) = try weights(exposures, as: "log.csv", only: ["tab==1", "is_click=1"])
    #expect(items == ["a": 1])
    #expect(report.files[0].excluded == 3)
    let others = try weights(
      "user,item,type\n1,a,view\n1,b,buy\n", as: "log.csv", only: ["type!=view"])
    #expect(others.items == ["b": 1])
  }

  @Test func `rules are numbers, fraction or value in settings`() throws {
    let rules = EventRules([
      .init("click", .fixed(1)), .init("watch", .fraction), .init("rating", .value),
    ])
    let data = try JSONEncoder().encode(rules)
    #expect(try JSONDecoder().decode(EventRules.self, from: data) == rules)
    let written = #"{"a": 0.5, "b": "2", "c": "fraction"}"#
    #expect(
      try JSONDecoder().decode(EventRules.self, from: Data(written.utf8))
        == EventRules([.init("a", .fixed(0.5)), .init("b", .fixed(2)), .init("c", .fraction)]))
    #expect(
      message { try JSONDecoder().decode(EventRules.self, from: Data(#"{"a": "often"}"#.utf8)) }
        == "'often': a weight is a number, 'fraction' or 'value'")
  }

  @Test(
    arguments: [
      (
        "rating>=four",
        "'rating>=four': 'four' is not a number or a date such as 2024-05-31, which >= compares with"
      ),
      (
        ">=4",
        "'>=4': a condition has a column, a comparison (>=, <=, ==, !=, >, <) and a value, as in"
          + " 'rating>=4'"
      ),
      (
        "two words",
        "'two words': this is not a condition; write one such as 'rating>=4' or 'click'"
      ),
    ])
  func `a rule that cannot be read says why`(rule: String, text: String) {
    #expect(message { try weights(ratings, as: "u.data", only: [rule]) } == text)
  }

  @Test func `a rule on a column that is not there names those that are`() throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(ratings, as: "u.data")
      var settings = DataSettings(path: path)
      settings.events = ["clik": 1]
      #expect(
        message { try Dataset.load(settings) }
          == "'clik': \(path) has no column 'clik' or 'is_clik', and no column of event kinds; its"
          + " columns are 'user_id', 'item_id', 'rating' and 'timestamp'")
      settings.events = ["rating>=1": -2]
      #expect(
        message { try Dataset.load(settings) }
          == "'rating>=1': its weight is -2.0, and weights are 0 or more")
    }
  }
}
