import CorralData
import CorralVectors
import Testing

/// A seeded random log: users of different lengths, items drawn with repeats, times with ties.
func randomDataset(
  users: Int = 60, items: Int = 40, seed: UInt64 = 1, hasTimes: Bool = true,
  order: InteractionOrder = .automatic
) -> Dataset {
  var generator = SeededGenerator(seed: seed)
  var rows: [(Int, Int, Int64)] = []
  for user in 0..<users {
    for _ in 0..<(1 + generator.next(below: 25)) {
      rows.append((user, generator.next(below: items), Int64(generator.next(below: 100))))
    }
  }
  rows.shuffle(using: &generator)
  return Dataset(
    name: "random",
    log: InteractionLog(
      users: rows.map { UserIndex($0.0) }, items: rows.map { ItemIndex($0.1) },
      times: hasTimes ? rows.map(\.2) : []),
    users: Vocabulary((0..<users).map { "u\($0)" }),
    items: Vocabulary((0..<items).map { "i\($0)" }), order: order)
}

/// Each user's items by a plain stable sort.
private func sequences(_ dataset: Dataset) -> [[(item: ItemIndex, time: Int64)]] {
  var rows = [[(item: ItemIndex, time: Int64)]](repeating: [], count: dataset.users.count)
  for row in 0..<dataset.log.count {
    rows[dataset.log.users[row].position].append(
      (dataset.log.items[row], dataset.log.hasTimes ? dataset.log.times[row] : Int64(row)))
  }
  return rows.map { row in
    row.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      .map(\.element)
  }
}

@Suite struct SplitTests {
  @Test(
    arguments: [
      SplitRule.leaveOneOut, .ratio(), .ratio(validation: 0, test: 0.3),
      .ratio(validation: 0.2, test: 0.1, order: .time), .timeCut(),
      .timeCut(validationFrom: 50, testFrom: 80),
    ], [UInt64](1...3))
  func `every interaction is in one part and only one`(rule: SplitRule, seed: UInt64) throws {
    let dataset = randomDataset(seed: seed)
    let split = try dataset.split(rule)
    #expect(split.userCount == dataset.users.count)
    #expect(split.itemCount == dataset.items.count)
    for (user, expected) in sequences(dataset).enumerated() {
      let parts = [split.training[user], split.validation[user], split.test[user]]
      #expect(parts.flatMap(\.self).sorted() == expected.map(\.item).sorted())
    }
  }

  @Test(arguments: [SplitRule.leaveOneOut, .ratio(order: .time), .timeCut()])
  func `parts in time are the sequence cut in three`(rule: SplitRule) throws {
    let dataset = randomDataset()
    let split = try dataset.split(rule)
    for (user, expected) in sequences(dataset).enumerated() {
      let joined = split.training[user] + split.validation[user] + split.test[user]
      #expect(Array(joined) == expected.map(\.item))
    }
  }

  @Test func `leave-one-out holds out the last two of each user with three or more`() throws {
    let dataset = randomDataset()
    let split = try dataset.split(.leaveOneOut)
    for (user, expected) in sequences(dataset).enumerated() {
      let isLong = expected.count >= 3
      #expect(split.validation[user].count == (isLong ? 1 : 0))
      #expect(split.test[user].count == (isLong ? 1 : 0))
    }
    #expect(split.rule == "leave-one-out, in time")
    #expect(split.isOrdered)
  }

  @Test func `a ratio holds out as many as numpy rounds to, and at least one`() throws {
    let split = try randomDataset(hasTimes: false).split(.ratio())
    #expect(!split.isOrdered)
    for user in 0..<split.userCount {
      let count = split.training[user].count + split.validation[user].count + split.test[user].count
      let expected = max(1, Int((Double(count) * 0.1).rounded(.toNearestOrEven)))
      #expect(split.test[user].count == (count > 2 * expected ? expected : 0))
      #expect(split.validation[user].count == split.test[user].count)
    }
  }

  @Test func `a random ratio depends on the seed alone`() throws {
    let dataset = randomDataset()
    let split = try dataset.split(.ratio(seed: 5))
    #expect(try dataset.split(.ratio(seed: 5)).test == split.test)
    #expect(try dataset.split(.ratio(seed: 6)).test != split.test)
  }

  @Test func `a random ratio draws every place equally often`() throws {
    let users = 6000
    let dataset = Dataset(
      name: "even",
      log: InteractionLog(
        users: (0..<users * 5).map { UserIndex($0 / 5) },
        items: (0..<users * 5).map { ItemIndex($0 % 5) }),
      users: Vocabulary((0..<users).map(String.init)), items: Vocabulary(["a", "b", "c", "d", "e"]))
    let split = try dataset.split(.ratio(validation: 0.2, test: 0.2))
    var counts = [Int](repeating: 0, count: 5)
    for item in split.test.values { counts[item.position] += 1 }
    // 1200 expected each; five standard deviations are 155.
    #expect(counts.allSatisfy { abs($0 - users / 5) < 155 })
  }

  @Test func `a time cut keeps everything before a time in training`() throws {
    let dataset = randomDataset()
    let split = try dataset.split(.timeCut(validationFrom: 50, testFrom: 80))
    for (user, expected) in sequences(dataset).enumerated() {
      #expect(Array(split.training[user]) == expected.filter { $0.time < 50 }.map(\.item))
      #expect(Array(split.test[user]) == expected.filter { $0.time >= 80 }.map(\.item))
    }
  }

  @Test func `weights stay with their interactions`() throws {
    let log = randomDataset().log
    let weighted = Dataset(
      name: "weighted",
      log: InteractionLog(
        users: log.users, items: log.items, times: log.times,
        weights: log.items.map { Float($0.position + 1) }),
      users: randomDataset().users, items: randomDataset().items)
    let split = try weighted.split(.leaveOneOut)
    #expect(split.weights == split.training.values.map { Float($0.position + 1) })
  }

  @Test func `cold items and users are counted as brute force counts them`() throws {
    let dataset = randomDataset(users: 80, items: 300, seed: 3)
    let split = try dataset.split(.timeCut(validationFrom: 0.3, testFrom: 0.6))
    let account = split.account(of: .test)
    let seen = Set(split.training.values)
    let users = (0..<split.userCount).filter { !split.test[$0].isEmpty }
    #expect(account.targets == split.test.values.count)
    #expect(account.users == users.count)
    #expect(account.coldItemTargets == split.test.values.filter { !seen.contains($0) }.count)
    #expect(account.coldItemTargets > 0)
    #expect(account.coldUsers == users.filter { split.training[$0].isEmpty }.count)
    let histories = split.histories(before: .test)
    #expect(
      account.repeatedTargets
        == users.map { user in split.test[user].filter(histories[user].contains).count }
        .reduce(0, +))
  }

  @Test func `an empty split says which rule needs what`() {
    let short = Dataset(
      name: "short",
      log: InteractionLog(
        users: [UserIndex(0), UserIndex(0), UserIndex(1)],
        items: [ItemIndex(0), ItemIndex(1), ItemIndex(0)], times: [1, 2, 3]),
      users: Vocabulary(["a", "b"]), items: Vocabulary(["x", "y"]))
    #expect(
      message { try short.split(.leaveOneOut) }
        == "short: no user has 3 interactions, which leave-one-out needs: one to learn from, one for"
        + " validation and one for the test; use more data, a weaker data.filter, or another"
        + " data.split.rule")
    #expect(
      message { try short.split(.ratio()) }
        == "short: the split holds nothing out: no user has enough interactions for 0.1 validation,"
        + " 0.1 test and one to learn from; use more data, a weaker data.filter, or larger shares")
    #expect(
      message { try short.split(.timeCut(validationFrom: 40, testFrom: 50)) }
        == "short: a time cut at 40 and 50 leaves 3 interactions for training, 0 for validation"
        + " and 0 for the test; the times run from 1 to 3: move data.split.validationFrom and"
        + " data.split.testFrom")
  }

  @Test func `a rule without sense says which setting`() {
    let dataset = randomDataset(hasTimes: false)
    #expect(
      message { try dataset.split(.ratio(validation: 0.5, test: 0.5)) }
        == "setting 'data.split.test' is 0.5: with data.split.validation 0.5 nothing is left to"
        + " learn from")
    #expect(
      message { try dataset.split(.ratio(validation: -0.5)) }
        == "setting 'data.split.validation' is -0.5: a share of each user's interactions is 0 or"
        + " more and below 1")
    #expect(
      message { try dataset.split(.timeCut()) }
        == "setting 'data.split.rule' is 'time-cut': random has no times; name their column with"
        + " data.columns.time, or use another rule")
    #expect(
      message { try dataset.split(.ratio(order: .time)) }
        == "setting 'data.split.order' is 'time': random has no times; use 'random', or set"
        + " data.order to 'file'")
  }
}

/// The text of the error about data or settings that `body` throws.
func message(_ body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return "nothing was thrown"
  } catch {
    return error is DataError || error is SettingError ? "\(error)" : "another error: \(error)"
  }
}
