import CorralData
import CorralTesting
import Foundation
import Testing

@Suite struct EventTests {
  @Test func `rules that no kind of event meets are refused with a list of the kinds`() throws {
    try withTemporaryFolder { folder in
      let text = "user,item,event\na,x,view\na,y,buy\nb,x,view\n"
      var settings = DataSettings(path: try folder.write(text, as: "a.csv"))
      settings.events = ["purchse": 3]
      let words = message { try Dataset.load(settings) }
      #expect(words.contains("3 by data.events"))
      #expect(words.contains("the kinds of event are 'view' and 'buy'"))
    }
  }

  private let log = """
    user,item,event,quantity,time
    a,1,view,1,1
    a,2,view,1,2
    a,2,cart,2,3
    b,1,view,1,1
    b,3,purchase,3,2
    b,4,wish,1,3

    """

  private func load(
    _ text: String, _ change: (inout DataSettings) -> Void = { _ in }
  ) throws -> (dataset: Dataset, report: LoadReport) {
    try withTemporaryFolder { folder in
      var settings = DataSettings(path: try folder.write(text, as: "shop.csv"))
      change(&settings)
      return try Dataset.load(settings)
    }
  }

  @Test func `kinds of event are counted, the most frequent first`() throws {
    let report = try load(log).report
    #expect(report.eventKinds.map(\.name) == ["view", "cart", "purchase", "wish"])
    #expect(report.eventKinds.map(\.rows) == [3, 1, 1, 1])
    #expect(report.eventKinds.map(\.counted) == [3, 1, 1, 1])
    #expect(
      report.notes.contains { $0.text.hasPrefix("every kind of event counts 1: 'view' (3 rows)") })
  }

  @Test func `kinds that no rule names are counted and named`() throws {
    let (dataset, report) = try load(log) { $0.events = ["purchase": 3, "cart": 2] }
    #expect(dataset.log.weights == [2, 3])
    #expect(report.eventKinds.map(\.counted) == [0, 1, 1, 0])
    #expect(
      report.notes.contains {
        $0.text.contains("2 kinds of event") && $0.text.contains("'view' (3 rows), 'wish' (1 row)")
      })
    let all = try load(log) {
      $0.columns.weight = "none"
      $0.events = ["purchase": 3, "cart": 2, "view": 1, "wish": 1]
    }
    #expect(all.report.notes.isEmpty)
  }

  @Test(arguments: ["Quantity", "qty", "play_count"])
  func `a column of quantities is named, and counts where that is said`(name: String) throws {
    let text = "user,item,\(name),time\na,1,4,1\na,2,1,2\n"
    let report = try load(text).report
    #expect(report.notes.contains { $0.text.contains("data.columns.weight=\(name)") })
    let (dataset, said) = try load(text) { $0.columns.weight = name }
    #expect(dataset.log.weights == [4, 1] && said.notes.isEmpty)
  }

  @Test(arguments: ["quantity", "auto"])
  func `an event's weight is multiplied by the column of weights`(name: String) throws {
    let text = name == "auto" ? log.replacing("quantity", with: "weight") : log
    let weights = try load(text) {
      $0.columns.weight = name
      $0.events = ["purchase": 5, "cart": 2, "view": 1]
    }.dataset.log.weights
    #expect(weights == [1, 1, 4, 1, 15])
  }

  @Test func `rules whose conditions differ in bytes only are two`() throws {
    let text = "user,item,event\na,1,caf\u{e9}\na,2,cafe\u{301}\n"
    let weights = try load(text) {
      $0.events = EventRules([
        .init("caf\u{e9}", .fixed(2)), .init("cafe\u{301}", .fixed(3)),
      ])
    }.dataset.log.weights
    #expect(weights == [2, 3])
  }

  @Test func `impressions may stand in a file of their own`() throws {
    let shown = "user,item,time\na,3,1\na,4,2\nb,2,1\nc,1,1\n"
    try withTemporaryFolder { folder in
      let side = try folder.write(shown, as: "shown.csv")
      let context = log.replacing("quantity", with: "tab")
      var settings = DataSettings(path: try folder.write(context, as: "shop.csv"))
      let plain = try Dataset.load(settings).dataset
      settings.impressionFile = side
      settings.labels = ["tab"]
      settings.context = ["event"]
      let (dataset, report) = try Dataset.load(settings)
      #expect(dataset.log.count == plain.log.count && dataset.users == plain.users)
      #expect(dataset.impressions.count == 3 && report.impressions == 3)
      #expect(dataset.impressions.items.map { dataset.items[$0.position] } == ["3", "4", "2"])
      #expect(dataset.impressions.columns.labels["tab"]?.allSatisfy(\.isNaN) == true)
      settings.impressions = .drop
      #expect(try Dataset.load(settings).dataset.impressions.count == 0)
    }
  }
}
