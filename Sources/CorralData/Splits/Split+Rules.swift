import CorralVectors

extension Dataset {
  /// Cuts the data set by a rule.
  ///
  /// A user with too few interactions to hold any out keeps all of them in training. Throws
  /// `DataError` when nothing at all is held out, and `SettingError` for a rule that does not suit
  /// the data.
  public func split(_ rule: SplitRule = .leaveOneOut) throws -> Split {
    try SettingError.within("data.split") { try cut(by: rule) }
  }

  private func cut(by rule: SplitRule) throws -> Split {
    try rule.validate()
    switch rule.rule {
    case .automatic: return try fileParts == nil ? leaveOneOut() : asFiles()
    case .files: return try asFiles()
    case .none: return assembled(rowsByUser(), rule: "nothing held out") { _, _ in }
    case .leaveOneOut: return try leaveOneOut()
    case .ratio: return try ratio(rule)
    case .timeCut: return try timeCut(rule)
    }
  }

  private func leaveOneOut() throws -> Split {
    let rows = rowsByUser()
    let split = assembled(rows, rule: "leave-one-out, \(orderWords)") { row, parts in
      guard row.count >= 3 else { return }
      parts[row.count - 2] = .validation
      parts[row.count - 1] = .test
    }
    if split.test.values.isEmpty {
      throw DataError.emptySplit(
        "\(name): no user has 3 interactions, which leave-one-out needs: one to learn from, one for"
          + " validation and one for the test; use more data, a weaker data.filter, or another"
          + " data.split.rule")
    }
    return split
  }

  private func ratio(_ rule: SplitRule) throws -> Split {
    if rule.order == .time, order == .none {
      throw SettingError(
        "order", text: "time",
        "\(name) has no times; use 'random', or set data.order to 'file'")
    }
    let isRandom = rule.order == .random
    let share = "\(rule.validation) validation, \(rule.test) test"
    let words = "ratio, \(share), " + (isRandom ? "random, seed \(rule.seed)" : orderWords)
    let split = assembled(rowsByUser(), rule: words) { row, parts in
      let test = count(rule.test, of: row.count)
      let validation = count(rule.validation, of: row.count)
      guard row.count > test + validation else { return }
      var places = Array(0..<row.count)
      if isRandom {
        // Each user has a stream, so that other users do not change what is held out.
        var generator = SeededGenerator(seed: rule.seed, stream: UInt64(row.user))
        for at in 0..<(test + validation) {
          places.swapAt(at, at + generator.next(below: row.count - at))
        }
      } else {
        places.reverse()
      }
      for place in places[..<test] { parts[place] = .test }
      for place in places[test..<(test + validation)] { parts[place] = .validation }
    }
    if split.test.values.isEmpty && split.validation.values.isEmpty {
      throw DataError.emptySplit(
        "\(name): the split holds nothing out: no user has enough interactions for \(share) and one"
          + " to learn from; use more data, a weaker data.filter, or larger shares")
    }
    return split
  }

  /// Returns the share of a number, rounded to the nearest even as numpy does, and at least 1.
  private func count(_ share: Double, of length: Int) -> Int {
    share == 0 ? 0 : max(1, Int((Double(length) * share).rounded(.toNearestOrEven)))
  }

  private func timeCut(_ rule: SplitRule) throws -> Split {
    guard log.hasTimes else {
      throw SettingError(
        "rule", text: "time-cut",
        "\(name) has no times; name their column with data.columns.time, or use another"
          + " rule")
    }
    let sorted = log.times.sorted()
    let validationStart = try ticks(of: rule.validationFrom, "validationFrom", sorted)
    let testStart = try ticks(of: rule.testFrom, "testFrom", sorted)
    if testStart < validationStart {
      throw SettingError(
        "testFrom", text: rule.testFrom.text,
        "the test starts before validation does, at \(rule.validationFrom.text)")
    }
    func spelled(_ ticks: Int64) -> String {
      log.timeScale.date(of: ticks) ?? log.timeScale.text(of: ticks)
    }
    let words =
      "time-cut, validation from \(spelled(validationStart)), test from \(spelled(testStart))"
    let split = assembled(rowsByUser(), rule: words) { row, parts in
      for place in 0..<row.count {
        let time = log.times[Int(row.rows[row.rows.startIndex + place])]
        parts[place] = time >= testStart ? .test : time >= validationStart ? .validation : .training
      }
    }
    let lengths = (
      split.training.values.count, split.validation.values.count, split.test.values.count
    )
    if lengths.0 == 0 || (lengths.1 == 0 && lengths.2 == 0) {
      let range = "\(spelled(sorted[0])) to \(spelled(sorted[sorted.count - 1]))"
      throw DataError.emptySplit(
        "\(name): a time cut at \(spelled(validationStart)) and \(spelled(testStart)) leaves"
          + " \(lengths.0) interactions"
          + " for training, \(lengths.1) for validation and \(lengths.2) for the test; the times run"
          + " from \(range): move data.split.validationFrom and data.split.testFrom")
    }
    return split
  }

  /// Returns the time at which a part starts, given all times in rising order.
  private func ticks(
    of point: CutPoint, _ key: String, _ sorted: [Int64]
  ) throws -> Int64 {
    switch point {
    case .share(let share):
      return sorted[min(sorted.count - 1, max(0, Int(Double(sorted.count) * share)))]
    case .time(let text):
      if let ticks = log.timeScale.ticks(of: text) { return ticks }
      let first = log.timeScale.text(of: sorted[0])
      throw SettingError(
        key, text: text,
        "the times of \(name) are numbers such as \(first) and not dates: give a number")
    }
  }

  /// Splits as the files are split.
  private func asFiles() throws -> Split {
    guard let fileParts else {
      throw SettingError(
        "rule", text: SplitRule.Kind.files.rawValue,
        "\(name) does not come in files for training and test; use another rule")
    }
    let split = assembled(rowsByUser(), rule: "as the files are split") { row, parts in
      for (place, at) in row.rows.enumerated() {
        parts[place] =
          Int(at) >= fileParts.testStart
          ? .test : Int(at) >= fileParts.validationStart ? .validation : .training
      }
    }
    let held = (split.validation.values.count, split.test.values.count)
    if split.training.values.isEmpty || held == (0, 0) {
      throw DataError.emptySplit(
        "\(name): the files leave \(split.training.values.count) interactions for training,"
          + " \(held.0) for validation and \(held.1) for the test; use weaker filters or another"
          + " data.split.rule")
    }
    return split
  }

  private var orderWords: String {
    switch order {
    case .time: "in time"
    default: "in file order"
    }
  }

  /// The part that an interaction belongs to.
  private enum Part { case training, validation, test }

  /// The interactions of one user.
  private struct UserRow {
    var user: Int
    var rows: ArraySlice<Int32>
    var count: Int { rows.count }
  }

  /// Builds the split; `assign` sets the part of each interaction of a user.
  private func assembled(
    _ rows: Ragged<Int32>, rule: String, _ assign: (UserRow, inout [Part]) -> Void
  ) -> Split {
    let keepsRows =
      !log.columns.context.isEmpty || !log.columns.labels.isEmpty || impressions.count > 0
    var training = PartBuilder(users: users.count, keepsRows: keepsRows)
    var validation = PartBuilder(users: users.count, keepsRows: keepsRows)
    var test = PartBuilder(users: users.count, keepsRows: keepsRows)
    training.values.reserveCapacity(log.count)
    var weights: [Float] = []
    weights.reserveCapacity(log.count)
    var parts: [Part] = []
    var tied = 0
    for user in 0..<users.count {
      let row = UserRow(user: user, rows: rows[user])
      parts.removeAll(keepingCapacity: true)
      parts.append(contentsOf: repeatElement(.training, count: row.count))
      assign(row, &parts)
      if order == .time { tied += ties(among: row.rows) }
      for (place, at) in row.rows.enumerated() {
        let item = log.items[Int(at)]
        switch parts[place] {
        case .training:
          training.append(item, at)
          weights.append(log.weights[Int(at)])
        case .validation: validation.append(item, at)
        case .test: test.append(item, at)
        }
      }
      training.endRow()
      validation.endRow()
      test.endRow()
    }
    return Split(
      itemCount: items.count, interactedItemCount: interactedItemCount, training: training.ragged,
      weights: weights,
      validation: validation.ragged, test: test.ragged, rule: rule, isOrdered: order != .none,
      tiedInteractions: tied,
      trainingColumns: columns(of: training), validationColumns: columns(of: validation),
      testColumns: columns(of: test),
      impressions: impressions.count == 0
        ? TrainingImpressions()
        : trainingImpressions(Ragged(values: training.rows, offsets: training.ragged.offsets)))
  }

  /// Counts the interactions of a user that have the same time as another one.
  private func ties(among rows: ArraySlice<Int32>) -> Int {
    var tied = 0
    var run = 1
    for at in rows.indices.dropFirst() {
      if log.times[Int(rows[at])] == log.times[Int(rows[at - 1])] {
        run += 1
        tied += run == 2 ? 2 : 1
      } else {
        run = 1
      }
    }
    return tied
  }

  private func columns(of part: PartBuilder) -> InteractionColumns {
    log.columns.gathered(part.rows.lazy.map(Int.init))
  }
}

/// Collects the rows of one part, user after user.
private struct PartBuilder {
  var values: [ItemIndex] = []
  /// The rows of the log.
  private(set) var rows: [Int32] = []
  private var offsets = [0]
  private let keepsRows: Bool

  init(users: Int, keepsRows: Bool) {
    offsets.reserveCapacity(users + 1)
    self.keepsRows = keepsRows
  }

  mutating func append(_ item: ItemIndex, _ row: Int32) {
    values.append(item)
    if keepsRows { rows.append(row) }
  }

  mutating func endRow() { offsets.append(values.count) }

  var ragged: Ragged<ItemIndex> { Ragged(values: values, offsets: offsets) }
}
