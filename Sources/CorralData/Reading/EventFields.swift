/// Where a line holds the user, the item, the type, the value and the time of an event.
struct EventFields {
  /// The roles of the fields of an event, in the order of their places.
  static let roles: [ColumnRole] = [.user, .item, .event, .rating, .time]

  /// The place of each role's field on a line; `nil` for a role that no field has.
  private let places: [Int?]
  /// The names of the fields, for messages.
  private let names: [String]
  private let order: DateOrder

  /// The fields of JSON objects, each at the place of its role.
  init(_ columns: ColumnNames) {
    order = columns.dateOrder
    places = Self.roles.indices.map(\.self)
    names = Self.roles.map { role in
      columns[role] == ColumnNames.automatic
        ? role == .rating ? "value" : role == .event ? "type" : role.rawValue : columns[role]
    }
  }

  /// The fields of the rows of a table, each at the place of its column.
  ///
  /// - Throws: `DataError` if the table lacks a user, an item, or a column that is named.
  init(_ columns: ColumnNames, in layout: TableLayout, file: String) throws {
    order = columns.dateOrder
    places = try Self.roles.map { role in
      role == .rating && columns.rating == ColumnNames.automatic
        ? layout.column(named: Self.candidates(role, columns))
        : try columns.find(role, in: layout, file: file)
    }
    names = places.map { $0.map { layout.names[$0] } ?? "" }
    let missing = [0, 1].filter { places[$0] == nil }.map { Self.roles[$0] }
    if !missing.isEmpty {
      throw DataError.missingColumns(file: file, roles: missing, found: layout.names)
    }
  }

  /// The names that a field of a role may have, the best first.
  static func candidates(_ role: ColumnRole, _ columns: ColumnNames) -> [String] {
    switch columns[role] {
    case ColumnNames.automatic: (role == .rating ? ["value"] : []) + role.usual
    case ColumnNames.absent: []
    case let name: [name]
    }
  }

  /// The event whose fields are at these places; a type, value or time may be missing.
  func event(at place: (Int) -> Field) -> EventLines.Reading {
    func field(_ role: Int) -> Field? {
      guard let found = places[role].map(place), !found.isMissing else { return nil }
      return found
    }
    func bad(_ role: Int, _ reason: RowProblem.Reason) -> EventLines.Reading {
      let value = places[role].map { shortened(place($0).text, to: 40) }
      return .bad(reason, column: names[role], value: value ?? "")
    }
    guard let user = field(0) else { return bad(0, .empty) }
    guard let item = field(1) else { return bad(1, .empty) }
    var event = StreamEvent(
      user: String(spelling: user.bytes), item: String(spelling: item.bytes),
      type: field(2).map { String(spelling: $0.bytes) })
    if let value = field(3) {
      guard let number = value.trimmed().number else { return bad(3, .notANumber) }
      guard number.isFinite else { return bad(3, .notFinite) }
      event.value = number
    }
    if let time = field(4) {
      switch reading(time) {
      case .time(let time):
        guard let seconds = time.exactSeconds else {
          return .bad(
            "column '\(names[4])' holds '\(shortened(place(places[4] ?? 0).text, to: 40))', which"
              + " is a date without separators: write 2024-05-31, or seconds since 1970")
        }
        event.time = seconds
      case .notATime: return bad(4, .notATime)
      case .notFinite: return bad(4, .notFinite)
      case .tooLarge: return bad(4, .tooLarge)
      }
    }
    return .event(event)
  }

  private func reading(_ time: Field) -> TimeReading {
    let plain = time.time(as: .plain)
    guard plain == .notATime, order != .automatic, let form = order.forms.first else {
      return plain
    }
    return time.time(as: form)
  }
}

extension SpelledTime {
  /// The seconds since 1970; a number too small to have a unit is seconds.
  ///
  /// `nil` for a number such as 20240531, which is rather a date than a second of 1970.
  fileprivate var exactSeconds: Double? {
    let whole = TimeScale.shifted(digits, by: -places) ?? 0
    let unit = isDate ? .seconds : TimeUnit(ofTime: whole) ?? .seconds
    if !isDate, places == 0, 19_700_101...20_991_231 ~= digits,
      1...12 ~= digits / 100 % 100, 1...31 ~= digits % 100
    {
      return nil
    }
    // In two parts, since nanoseconds have more digits than a Double.
    let (seconds, rest) = digits.quotientAndRemainder(
      dividingBy: powerOfTen(places) * unit.rawValue)
    return Double(seconds) + Double(rest) / (Double(powerOfTen(places)) * Double(unit.rawValue))
  }
}

/// Which members of JSON objects are fields of an event.
///
/// Objects of a log have the same few names, so each name is looked up once.
final class MemberNames {
  private typealias Roles = [(role: Int, rank: Int)]

  private let candidates: [[String]]
  private var known: [(name: [UInt8], roles: Roles)] = []

  /// The names that settings give, or the usual ones.
  init(_ columns: ColumnNames) {
    candidates = EventFields.roles.map { EventFields.candidates($0, columns) }
  }

  /// The places of the roles that a member of this name has, each with its rank: of several members
  /// with a role, the one with the smallest rank is taken.
  func roles(of name: Field) -> [(role: Int, rank: Int)] {
    for entry in known where entry.name.count == name.count {
      if entry.name.withUnsafeBufferPointer(name.equals) { return entry.roles }
    }
    let text = name.text
    let roles: Roles = candidates.enumerated().compactMap { role, names in
      let rank = names.enumerated().lazy.compactMap { index, candidate in
        ExactText(candidate) == ExactText(text)
          ? 2 * index : plain(candidate) == plain(text) ? 2 * index + 1 : nil
      }.first
      return rank.map { (role, $0) }
    }
    // Objects whose names are values, such as ids, must not fill the memory.
    if known.count < 64 { known.append((Array(name.bytes), roles)) }
    return roles
  }
}
