/// The columns of a log by role.
///
/// Settings name them, usual names identify them, and the content of the columns identifies the
/// time.
struct ColumnRoles: Sendable, Equatable {
  let user: Int
  let item: Int
  let time: Int?
  /// The form of the times in their column.
  let timeForm: TimeForm
  let rating: Int?
  let event: Int?
  let weight: Int?
  /// Columns that could be the time, if none was taken.
  let possibleTimes: [String]
  /// Why the first possible column is not taken, and what to set: `data.columns.time=when`.
  let adviceOnTime: String
  /// A column with times of day beside the dates, which is not read.
  let clock: String?
  /// The columns with their roles, for reports.
  let described: [LoadReport.Column]

  /// Finds the columns of a log; `samples` are the first values of each column.
  ///
  /// `shared` are the columns of the item file: of several usual item columns, the first that the
  /// item file also has is taken. Throws one error that names every missing column.
  init(
    _ columns: ColumnNames, in layout: TableLayout, samples: [[String]], shared: TableLayout? = nil,
    file: String
  ) throws {
    let user = try columns.find(.user, in: layout, file: file)
    let item =
      try columns.item == ColumnNames.automatic
      ? Self.joined(layout, shared) : columns.find(.item, in: layout, file: file)
    guard let user, let item else {
      throw DataError.missingColumns(
        file: file, roles: (user == nil ? [.user] : []) + (item == nil ? [.item] : []),
        found: layout.names)
    }
    (self.user, self.item) = (user, item)
    rating = try columns.find(.rating, in: layout, file: file)
    event = try columns.find(.event, in: layout, file: file)
    weight = try columns.find(.weight, in: layout, file: file)
    let taken = [user, item, rating, event, weight].compactMap(\.self)
    let times = TimeSearch(
      layout: layout, samples: samples, taken: taken, order: columns.dateOrder)
    if columns.time == ColumnNames.automatic {
      time = times.best
      possibleTimes = times.best == nil ? times.possible.map { layout.names[$0] } : []
    } else {
      time = try columns.find(.time, in: layout, file: file)
      possibleTimes = []
    }
    adviceOnTime = times.possible.first.map { times.advice(on: $0, layout, samples) } ?? ""
    clock = time.flatMap { times.clock(beside: $0, samples) }.map { layout.names[$0] }
    timeForm = time.flatMap { times.forms[$0]?.form } ?? .plain
    let kind = time.flatMap { times.forms[$0] }.map { $0.isDate ? "dates" : "numbers" } ?? ""
    described = [
      (ColumnRole.user, user), (.item, item), (.time, time), (.rating, rating), (.event, event),
      (.weight, weight),
    ].compactMap { role, column in
      column.map {
        LoadReport.Column(
          role: role, name: layout.names[$0], holds: role == .time ? kind : "")
      }
    }
  }

  /// The columns with a role.
  var taken: [Int] { [user, item, time, rating, event, weight].compactMap(\.self) }

  /// Returns the first usual item column, preferring one that the item file also has.
  private static func joined(_ layout: TableLayout, _ shared: TableLayout?) -> Int? {
    let usual = ColumnRole.item.usual.compactMap { layout.column(named: $0) }
    let both = usual.first { column in
      shared?.column(named: layout.names[column]) != nil
    }
    return both ?? usual.first
  }
}

/// The search for the column of times among columns without a role.
struct TimeSearch {
  /// The form of the times in each column that holds some.
  private(set) var forms: [Int: (form: TimeForm, isDate: Bool)] = [:]
  /// The column that is taken without being named, or `nil`.
  private(set) var best: Int?
  /// The columns that could be the time.
  private(set) var possible: [Int] = []
  /// The columns without another role.
  private let free: [Int]

  init(layout: TableLayout, samples: [[String]], taken: [Int], order: DateOrder) {
    for column in layout.columns.indices where samples.indices.contains(column) {
      forms[column] = TimeForm.ofMost(samples[column], order: order)
    }
    let free = layout.columns.indices.filter { !taken.contains($0) }
    self.free = free
    let named = ColumnRole.time.usual.enumerated().compactMap { rank, name in
      layout.column(named: name).map { (column: $0, isCertain: rank < ColumnRole.certainTimes) }
    }.filter { free.contains($0.column) }
    if let found = named.first(where: { forms[$0.column] != nil })
      ?? named.first(where: \.isCertain)
    {
      best = found.column
      return
    }
    let dates = free.filter { column in
      forms[column]?.isDate == true && !Self.isAttribute(layout.names[column])
    }
    let clocks = free.filter { column in
      forms[column]?.isDate == false && Self.speaksOfTime(layout.names[column])
        && Self.areMoments(samples[column])
    }
    best = dates.count == 1 ? dates[0] : dates.isEmpty && clocks.count == 1 ? clocks[0] : nil
    possible = free.filter { column in
      forms[column]?.isDate == true || Self.speaksOfTime(layout.names[column])
        || (samples.indices.contains(column)
          && (Self.areMoments(samples[column]) || TimeForm.isAmbiguous(samples[column])))
    }
  }

  /// Says what to set so that a possible column is taken as the time.
  func advice(on column: Int, _ layout: TableLayout, _ samples: [[String]]) -> String {
    let setting = "data.columns.time=\(layout.names[column])"
    guard forms[column] == nil, samples.indices.contains(column), let value = samples[column].first
    else { return setting }
    return TimeForm.isAmbiguous(samples[column])
      ? "\(setting) with data.columns.dateOrder=day-first or month-first, since"
        + " '\(shortened(value, to: 40))' could be either"
      : "\(setting), once it holds dates such as 2024-05-31 and not '\(shortened(value, to: 40))'"
  }

  /// Returns a column with times of day, if the dates have none.
  func clock(beside date: Int, _ samples: [[String]]) -> Int? {
    guard forms[date]?.isDate == true, !samples[date].contains(where: { $0.contains(":") }) else {
      return nil
    }
    return free.first { column in
      column != date && samples.indices.contains(column) && !samples[column].isEmpty
        && samples[column].allSatisfy {
          $0.contains(":") && TimeForm.plain.reads("2024-05-31 " + $0)
        }
    }
  }

  /// Whether a name describes the user or the item and not the event.
  private static func isAttribute(_ name: String) -> Bool {
    [
      "birth", "dob", "release", "publi", "signup", "register", "registration", "joined", "expir",
      "launch", "since",
    ].contains { plain(name).contains($0) }
  }

  /// Whether a word of a name means a time: `clickTime`, `t_stamp`, `sold_at`.
  private static func speaksOfTime(_ name: String) -> Bool {
    let words: [String] = name.reduce(into: [""]) { words, character in
      if !character.isLetter {
        words.append("")
      } else if character.isUppercase, words[words.count - 1].last?.isLowercase == true {
        words.append(character.lowercased())
      } else {
        words[words.count - 1] += character.lowercased()
      }
    }
    let known: Set<String> = ["ts", "at", "dt", "dat", "day", "when", "epoch", "unix", "stamp"]
    return words.contains { known.contains($0) || $0.hasSuffix("time") || $0.hasSuffix("date") }
      || words.contains { $0.hasSuffix("timestamp") || $0.hasPrefix("time") }
  }

  /// Whether the values are whole numbers in one unit of time, between 1990 and 2100.
  private static func areMoments(_ values: [String]) -> Bool {
    guard let first = values.first.flatMap({ Int64($0) }), let unit = TimeUnit(ofTime: first) else {
      return false
    }
    return values.allSatisfy { text in
      guard let number = Int64(text), number > 0 else { return false }
      return (631_152_000..<4_102_444_800).contains(number / unit.rawValue)
    }
  }
}
