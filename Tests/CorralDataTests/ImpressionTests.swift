import CorralData
import CorralTesting
import CorralVectors
import Foundation
import Testing

/// Impressions: items that were shown and not taken.
@Suite struct ImpressionTests {
  private func load(
    _ text: String, as name: String, _ change: (inout DataSettings) -> Void = { _ in }
  ) throws -> (dataset: Dataset, report: LoadReport) {
    try withTemporaryFolder { folder in
      var settings = DataSettings(path: try folder.write(text, as: name))
      change(&settings)
      return try Dataset.load(settings)
    }
  }

  /// Random exposures of KuaiRand.
  ///
  /// The first rows are not clicked, so that a wrong numbering would show.
  private func exposures(_ seed: UInt64, rows: Int = 400) -> String {
    var generator = SeededGenerator(seed: seed)
    var text = "user_id,video_id,time_ms,is_click,is_like,play_time_ms,duration_ms,tab\n"
    for row in 0..<rows {
      let click = row < 20 || generator.next(below: 3) > 0 ? 0 : 1
      text +=
        "u\(generator.next(below: 12)),v\(generator.next(below: 30)),\(generator.next(below: 90))"
        + ",\(click),0,\(row),1000,\(generator.next(below: 5))\n"
    }
    return text
  }

  @Test(arguments: [UInt64](1...5))
  func `the log, its vocabularies and its split are the same with and without them`(
    seed: UInt64
  ) throws {
    let text = exposures(seed)
    func read(_ use: ImpressionUse) throws -> (dataset: Dataset, report: LoadReport) {
      try load(text, as: "log_standard_1.csv") {
        $0.impressions = use
        $0.context = ["tab"]
        $0.labels = ["watch"]
        $0.repeats = .first
        $0.filter = CoreFilter(minUser: 4, minItem: 3)
      }
    }
    let (with, report) = try read(.keep)
    let (without, dropped) = try read(.drop)
    #expect(with.log == without.log)
    #expect(with.users == without.users && with.items == without.items)
    #expect(with.impressions.count > 50 && without.impressions.count == 0)
    #expect(report.files[0].impressions == dropped.files[0].uncounted)
    #expect(report.impressions == with.impressions.count)
    #expect(with.impressions.weights.allSatisfy { $0 == 0 })
    #expect(with.impressions.columns.labels.count == with.impressions.count)
    for rule in [SplitRule.leaveOneOut, .ratio(), .timeCut()] {
      let (one, other) = (try with.split(rule), try without.split(rule))
      #expect(one.training == other.training && one.test == other.test)
      #expect(one.validation == other.validation && one.itemCounts() == other.itemCounts())
      #expect(one.trainingColumns == other.trainingColumns)
      #expect(one.testColumns == other.testColumns)
      #expect(!one.impressions.isEmpty && other.impressions.isEmpty)
    }
  }

  @Test func `a rule of weight 0 is an impression, unless another rule counts the row`() throws {
    let text =
      "user,item,event,time\n1,a,impression,1\n1,a,click,2\n1,b,click,3\n2,b,click,4\n"
      + "2,a,impression,5\n2,c,impression,6\n1,b,scroll,7\n"
    let (dataset, report) = try load(text, as: "a.csv") {
      $0.events = ["click": 1, "impression": 0]
    }
    #expect(dataset.log.count == 3)
    #expect(dataset.impressions.items.map { dataset.items[$0.position] } == ["a", "a"])
    #expect(dataset.impressions.times == [1, 5])
    #expect(report.files[0].impressions == 3 && report.files[0].uncounted == 1)
    #expect(report.impressions == 2)
    #expect(report.matches.map(\.rule) == ["click", "impression"])
    #expect(report.matches.map(\.rows) == [3, 3])
    let (dropped, counts) = try load(text, as: "a.csv") {
      $0.events = ["click": 1, "impression": 0]
      $0.impressions = .drop
    }
    #expect(dropped.impressions.count == 0 && counts.files[0].uncounted == 4)
  }

  /// Selects every user's impressions by the definition, without shortcuts.
  private func expected(
    _ dataset: Dataset, _ split: Split, user: Int, before time: Int64, limit: Int
  ) -> [ItemIndex] {
    let taken = Set(split.training[user])
    var shown = (0..<dataset.impressions.count).filter {
      dataset.impressions.users[$0].position == user && dataset.impressions.times[$0] <= time
        && !taken.contains(dataset.impressions.items[$0])
    }
    shown.sort { (dataset.impressions.times[$0], $0) < (dataset.impressions.times[$1], $1) }
    return shown.suffix(limit).map { dataset.impressions.items[$0] }
  }

  @Test(arguments: [SplitRule.leaveOneOut, .ratio(), .timeCut()], [1, 4])
  func `a target comes with the latest impressions at its time or before`(
    rule: SplitRule, limit: Int
  ) throws {
    let dataset = try load(exposures(9), as: "log_standard_1.csv") {
      $0.labels = ["is_click", "watch"]
    }.dataset
    let split = try dataset.split(rule)
    let examples = TrainingExamples(split, historyLength: 3, impressions: limit)
    let batch = examples.batch(Array(0..<examples.count))
    let plain = TrainingExamples(split, historyLength: 3).batch(Array(0..<examples.count))
    #expect(batch.queries.histories == plain.queries.histories && batch.targets == plain.targets)
    #expect(plain.impressions.count == plain.count && plain.impressions.values.isEmpty)
    #expect(batch.impressions.count == batch.count)
    #expect(batch.labels["is_click"] == [Float](repeating: 1, count: batch.count))
    #expect(batch.impressionLabels.count == batch.impressions.values.count)
    #expect(batch.impressionLabels["is_click"]?.allSatisfy { $0 == 0 } == true)
    // Find the time of each target in the log of its user.
    let rows = (0..<dataset.log.count).sorted {
      (dataset.log.users[$0], dataset.log.times[$0], $0)
        < (dataset.log.users[$1], dataset.log.times[$1], $1)
    }
    var held: [Int: [ItemIndex]] = [:]
    for user in 0..<split.userCount {
      held[user] = Array(split.validation[user]) + Array(split.test[user])
    }
    guard rule.rule != .ratio else { return }
    var at = 0
    for row in rows {
      let user = dataset.log.users[row].position
      guard at < batch.count, batch.queries.users[at]?.position == user,
        batch.targets[at] == dataset.log.items[row],
        at - (batch.queries.users.firstIndex { $0?.position == user } ?? 0)
          < split.training[user].count
      else { continue }
      #expect(
        Array(batch.impressions[at])
          == expected(
            dataset, split, user: user, before: dataset.log.times[row], limit: limit))
      at += 1
    }
    #expect(at == batch.count)
  }

  @Test func `impressions after the last training interaction, or of taken items, are dropped`()
    throws
  {
    let text = """
      user,item,event,time
      1,a,impression,1
      1,b,click,2
      1,c,impression,2
      1,d,click,3
      1,b,impression,3
      1,e,impression,4
      1,a,click,5
      1,c,click,6
      1,e,click,7
      2,a,click,1
      2,b,click,2

      """
    let dataset = try load(text, as: "a.csv") {
      $0.events = ["click": 1, "impression": 0]
    }.dataset
    let split = try dataset.split(.leaveOneOut)
    func ids(_ items: some Sequence<ItemIndex>) -> [String] {
      items.map { dataset.items[$0.position] }
    }
    #expect(ids(split.training[0]) == ["b", "d", "a"])
    // a and b were taken in training; c and e are held out and are not consulted.
    #expect(ids(split.impressions.items[0]) == ["c", "e"])
    #expect(split.impressions.items[1].isEmpty)
    let batch = TrainingExamples(split, historyLength: 2, impressions: 5).batch([0, 1, 2])
    #expect((0..<3).map { ids(batch.impressions[$0]) } == [["c"], ["c"], ["c", "e"]])
    let timed = try dataset.split(.timeCut(validationFrom: 4, testFrom: 6))
    #expect(ids(timed.impressions.items[0]) == ["a", "c"])
  }

  @Test func `without times any of a user's impressions come, others each epoch`() throws {
    let text = exposures(3).split(separator: "\n").map { line in
      line.split(separator: ",").enumerated().filter { $0.offset != 2 }.map(\.element)
        .joined(separator: ",")
    }.joined(separator: "\n")
    let dataset = try load(text + "\n", as: "log_standard_1.csv").dataset
    let split = try dataset.split(.ratio())
    #expect(!split.impressions.isOrdered && split.impressions.count > 50)
    let examples = TrainingExamples(split, historyLength: 2, impressions: 3)
    let all = Array(0..<examples.count)
    let (one, other) = (examples.batch(all, key: 1), examples.batch(all, key: 2))
    #expect(one.impressions != other.impressions)
    #expect(one.impressions == examples.batch(all, key: 1).impressions)
    for row in all {
      let user = try #require(one.queries.users[row])
      let shown = split.impressions.items[user.position]
      #expect(one.impressions[row].count == min(3, shown.count))
      #expect(one.impressions[row].allSatisfy(shown.contains))
    }
  }

  @Test func `the context of a held-out request is that of its first target`() throws {
    let text = "user,item,time,tab\n" + (0..<12).map { "\($0 % 3),i\($0),\($0),t\($0)\n" }.joined()
    let dataset = try load(text, as: "a.csv") { $0.context = ["tab"] }.dataset
    let split = try dataset.split(.timeCut(validationFrom: 5, testFrom: 7))
    func tabs(_ table: ContextTable) -> [String] {
      guard case .categories(let tabs, let words) = table["tab"]?.values else { return [] }
      return tabs.map { $0 < 0 ? "" : words[Int($0)] }
    }
    let users = (0..<3).map(UserIndex.init)
    #expect(tabs(split.context(of: .validation, users: users)) == ["t6", "", "t5"])
    #expect(tabs(split.context(of: .test, users: users)) == ["t9", "t7", "t8"])
    #expect(tabs(split.trainingColumns.context) == ["t0", "t3", "t1", "t4", "t2"])
    let batch = TrainingExamples(split, historyLength: 1).batch([3, 0])
    #expect(tabs(batch.queries.context) == ["t4", "t0"])
    let plain = try load(text, as: "a.csv").dataset.split()
    #expect(plain.context(of: .test, users: users).isEmpty)
  }

  @Test(arguments: [DataFormat.atomic, .csv, .jsonl])
  func `made-up sets keep their log, and come back from their files`(format: DataFormat) throws {
    let plain = SyntheticSettings(users: 60, items: 48, interactions: 500)
    var rich = plain
    rich.context = true
    rich.labels = true
    rich.impressions = 2
    let (before, dataset) = (try Dataset.synthesized(plain), try Dataset.synthesized(rich))
    #expect(before.log.users == dataset.log.users && before.log.items == dataset.log.items)
    #expect(before.log.times == dataset.log.times)
    #expect(dataset.impressions.count == 1000)
    try withTemporaryFolder { folder in
      try dataset.write(to: folder.path, as: format)
      var settings = DataSettings(path: folder.path)
      settings.context = ["tab", "hour"]
      settings.labels = ["is_click", "is_like", "watch"]
      let read = try Dataset.load(settings).dataset
      #expect(spelled(read) == spelled(dataset))
      #expect(read.log.weights.allSatisfy { $0 == 1 })
      // Items that were only shown are not in the catalogue.
      let taken = Set(dataset.log.items)
      #expect(read.impressions.count == dataset.impressions.items.count(where: taken.contains))
      #expect(
        read.impressions.columns.labels["is_click"]
          == [Float](repeating: 0, count: read.impressions.count))
    }
  }

  private func spelled(_ dataset: Dataset) -> [String] {
    let columns = dataset.log.columns
    return (0..<dataset.log.count).map { row in
      let context = columns.context.columns.map { column in
        guard case .categories(let values, let words) = column.values else { return "none" }
        return words[Int(values[row])]
      }
      let labels = columns.labels.columns.map { "\($0[row])" }
      let id = [
        dataset.users[dataset.log.users[row].position],
        dataset.items[dataset.log.items[row].position],
      ]
      return (id + context + labels).joined(separator: " ")
    }
  }

  @Test func `what is planted can be found`() throws {
    let dataset = try Dataset.synthesized(
      SyntheticSettings(
        users: 400, items: 240, interactions: 12_000, context: true, labels: true, impressions: 1))
    guard case .categories(let tabs, _) = dataset.log.columns.context["tab"]?.values,
      case .categories(let genres, let words) = dataset.itemFeatures["genres"]?.values
    else {
      Issue.record("tab and genres are categories")
      return
    }
    // The tab predicts the genre: most of what is taken in it is of its own genre.
    let own = zip(dataset.log.items, tabs).count { item, tab in
      (genres[item.position].first ?? 0) % 4 == tab
    }
    #expect(Double(own) / 12_000 > 0.7)
    #expect(words.count == 12)
    let labels = dataset.log.columns.labels
    let likes = try #require(labels["is_like"])
    let watches = try #require(labels["watch"])
    #expect((0.35...0.65).contains(average(likes)))
    // Liked items are watched for longer, and good items are liked by more users.
    let ofLiked = average(zip(likes, watches).filter { $0.0 == 1 }.map(\.1))
    let ofOthers = average(zip(likes, watches).filter { $0.0 == 0 }.map(\.1))
    #expect(ofLiked > ofOthers + 0.05)
    let shown = try #require(dataset.impressions.columns.labels["watch"])
    #expect(shown.allSatisfy { $0 <= 0.15 })
    let taken = Set(zip(dataset.log.users, dataset.log.items).map { [$0.position, $1.position] })
    for row in 0..<dataset.impressions.count {
      let pair = [dataset.impressions.users[row].position, dataset.impressions.items[row].position]
      #expect(!taken.contains(pair))
    }
  }

  private func average(_ numbers: [Float]) -> Float {
    numbers.reduce(0, +) / Float(numbers.count)
  }
}
