/// How a reader treats each row of a log: the columns it reads, the rows it keeps, their weights.
///
/// All texts of the settings are resolved here, once.
struct RowPlan: Sendable {
  /// A number of a row: a column, or the ratio of two columns.
  enum Quantity: Sendable {
    case number(slot: Int)
    case ratio(slot: Int, of: Int)
    /// Unknown, because the file lacks the column.
    case unknown
  }

  /// A condition with its columns resolved.
  enum Condition: Sendable {
    case compares(Quantity, RowCondition.Comparison, Double)
    case text(column: Int, [UInt8], isEqual: Bool)
    case time(column: Int, form: TimeForm, RowCondition.Comparison, SpelledTime)
  }

  /// A rule with its columns resolved.
  struct Rule: Sendable {
    var text: String
    var condition: Condition
    var weight: EventRules.Weight
    var quantity: Quantity?
  }

  let layout: TableLayout
  let user: Int
  let item: Int
  let time: Int?
  /// The form of the times in their column.
  let timeForm: TimeForm
  /// The columns that are read as numbers.
  ///
  /// A slot is a position in this array.
  private(set) var numbers: [Int] = []
  /// Whether the number in each slot may be missing, because it is only a label or context.
  private(set) var allowsEmpty: [Bool] = []
  private(set) var conditions: [Condition] = []
  private(set) var rules: [Rule] = []
  /// Whether rows that match a rule of weight 0 are kept as impressions.
  let keepsImpressions: Bool
  /// The columns of context and labels.
  private(set) var extras = ColumnPlan()
  /// The column of event kinds.
  let event: Int?
  /// The slot of the column of weights, which multiplies constant weights, if there are rules.
  private(set) var multiplier: Int?
  /// Whether every row is an impression.
  let isImpressions: Bool
  private let roles: ColumnRoles
  private let samples: [[String]]
  private var dateOrder = DateOrder.automatic
  private let file: String
  /// The columns whose numbers every row must have.
  private var needed: Set<Int> = []

  /// Resolves the settings for a file; `events` are the rules in use and `samples` the first values
  /// of each column.
  init(
    layout: TableLayout, roles: ColumnRoles, settings: DataSettings, events: EventRules,
    file: String, samples: [[String]] = []
  ) throws {
    self.layout = layout
    self.roles = roles
    self.samples = samples
    self.file = file
    keepsImpressions = settings.impressions == .keep
    isImpressions = false
    (user, item, time, timeForm) = (roles.user, roles.item, roles.time, roles.timeForm)
    event = roles.event
    // The rating, and a column that the header calls a number, must be a number in every row, used
    // or not.
    for (column, described) in layout.columns.enumerated()
    where described.kind == .number && column != time { numbers.append(column) }
    if let rating = roles.rating { _ = slot(of: rating) }
    dateOrder = settings.columns.dateOrder
    conditions = try settings.only.map { try bound(RowCondition($0)) }
    rules = try events.rules.map { try rule($0.condition, $0.weight) }
    if let weight = roles.weight, !settings.events.isEmpty { multiplier = slot(of: weight) }
    let ruled = needed
    extras.context = try settings.context.map { try context(ContextName($0)) }
    extras.labels = try settings.labels.map { try label($0) }
    try checkNames(extras.context.map(\.name), "context")
    try checkNames(extras.labels.map(\.name), "labels")
    let read = needed.subtracting(ruled)
    allowsEmpty = numbers.map { read.contains($0) }
  }

  /// Creates the plan of a file of impressions with the columns of a log.
  ///
  /// Labels that the file does not have are unknown.
  init(impressionsWith log: ColumnPlan, layout: TableLayout, roles: ColumnRoles, file: String) {
    self.layout = layout
    self.roles = roles
    self.file = file
    samples = []
    keepsImpressions = true
    isImpressions = true
    (user, item, time, timeForm) = (roles.user, roles.item, roles.time, roles.timeForm)
    event = nil
    extras.context = log.context
    extras.labels = log.labels.map { label in
      ColumnPlan.Label(name: label.name, quantity: quantity(label.name) ?? .unknown)
    }
    allowsEmpty = numbers.map { _ in true }
  }

  /// Returns the slot of a column, and gives it one if it has none.
  private mutating func slot(of column: Int) -> Int {
    needed.insert(column)
    if let slot = numbers.firstIndex(of: column) { return slot }
    numbers.append(column)
    return numbers.count - 1
  }

  private mutating func context(_ wanted: ContextName) throws -> ColumnPlan.Context {
    func found(_ source: ColumnPlan.Source) -> ColumnPlan.Context {
      ColumnPlan.Context(name: wanted.name, source: source)
    }
    if let column = layout.column(named: wanted.name) {
      let isNumber = wanted.isNumber ?? (layout.columns[column].kind == .number)
      return found(isNumber ? .number(slot: slot(of: column)) : .token(column: column))
    }
    switch wanted.name {
    case "hour":
      if let column = layout.column(named: "hourmin") {
        return found(.hourMinute(slot: slot(of: column)))
      }
      if time != nil { return found(.hour) }
    case "weekday" where time != nil: return found(.weekday)
    default: break
    }
    throw DataError.missingColumn(
      file: file, role: "context", setting: "data.context", wanted: wanted.name,
      found: layout.names)
  }

  private mutating func label(_ name: String) throws -> ColumnPlan.Label {
    if let quantity = quantity(name) { return ColumnPlan.Label(name: name, quantity: quantity) }
    if let column = flagColumn(name) {
      return ColumnPlan.Label(name: name, quantity: .number(slot: slot(of: column)))
    }
    throw DataError.missingColumn(
      file: file, role: "label", setting: "data.labels", wanted: name, found: layout.names)
  }

  private func checkNames(_ names: [String], _ key: String) throws {
    if let name = repeatedName(names) {
      throw SettingError(key, listed(names), "'\(name)' is named twice")
    }
  }

  /// Whether a rule names a kind of event, and not only other columns.
  var namesEvents: Bool {
    rules.contains { rule in
      if case .text(let column, _, _) = rule.condition { column == event } else { false }
    }
  }

  private mutating func rule(_ text: String, _ weight: EventRules.Weight) throws -> Rule {
    let condition = try RowCondition(text)
    switch weight {
    case .fixed(let number):
      guard number.isFinite, number >= 0 else {
        throw DataError.badRule(
          rule: text, reason: "its weight is \(number), and weights are 0 or more")
      }
      return Rule(text: text, condition: try bound(condition), weight: weight, quantity: nil)
    case .fraction, .value:
      guard let quantity = quantity(condition.name) else { throw unknown(condition) }
      let bound =
        condition.comparison == nil
        ? Condition.compares(quantity, .notEqual, 0) : try bound(condition)
      return Rule(text: text, condition: bound, weight: weight, quantity: quantity)
    }
  }

  private mutating func bound(_ condition: RowCondition) throws -> Condition {
    guard let comparison = condition.comparison else {
      // A word is a column of zeros and ones, or else a kind of event.
      if let column = flagColumn(condition.name) {
        return .compares(.number(slot: slot(of: column)), .notEqual, 0)
      }
      if let event {
        return .text(column: event, Array(kind(condition.name).utf8), isEqual: true)
      }
      throw unknown(condition)
    }
    if let time = condition.time, let column = layout.column(named: condition.name) {
      let form =
        samples.indices.contains(column)
        ? TimeForm.ofMost(samples[column], order: dateOrder) : nil
      // A number is compared as a time if the column holds dates; a date always is.
      if let form, form.isDate || time.isDate {
        let wanted = form.isDate ? condition.day ?? time : time
        return .time(column: column, form: form.form, comparison, wanted)
      }
    }
    if let number = Double(condition.value), let quantity = quantity(condition.name) {
      return .compares(quantity, comparison, number)
    }
    guard let column = layout.column(named: condition.name) else { throw unknown(condition) }
    if comparison.isOrder {
      throw DataError.badRule(
        rule: condition.text,
        reason:
          "column '\(condition.name)' of \(file) holds "
          + (samples.indices.contains(column) && TimeForm.isAmbiguous(samples[column])
            ? "dates that could start with the day or the month: say which with"
              + " data.columns.dateOrder=day-first or month-first"
            : "no times to compare with '\(condition.value)'"))
    }
    return .text(column: column, Array(condition.value.utf8), isEqual: comparison != .notEqual)
  }

  private mutating func quantity(_ name: String) -> Quantity? {
    if let column = layout.column(named: name) { return .number(slot: slot(of: column)) }
    // KuaiRand: the share of the video that was played.
    if name == "watch", let played = layout.column(named: "play_time_ms"),
      let duration = layout.column(named: "duration_ms")
    {
      return .ratio(slot: slot(of: played), of: slot(of: duration))
    }
    return nil
  }

  private func flagColumn(_ word: String) -> Int? {
    layout.column(named: [word, "is_\(word)"])
  }

  /// Returns `pv` for `click`, as Taobao calls it.
  private func kind(_ word: String) -> String {
    layout == .taobao && word == "click" ? "pv" : word
  }

  private func unknown(_ condition: RowCondition) -> DataError {
    .badRule(
      rule: condition.text,
      reason: "\(file) has no column '\(condition.name)'"
        + (condition.comparison == nil
          ? " or 'is_\(condition.name)', and no column of event kinds" : "")
        + "; its columns are \(listed(layout.names))")
  }
}
