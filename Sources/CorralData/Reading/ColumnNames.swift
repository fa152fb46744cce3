/// The columns of a file that hold what a log needs, by name.
///
/// `auto` finds the usual names, and `none` leaves a column out that is not needed.
public struct ColumnNames: Sendable, Equatable, Codable {
  /// The name that stands for whichever of the usual names is there.
  package static let automatic = "auto"
  /// The name that stands for no column at all, where one is not needed.
  package static let absent = "none"

  /// Who.
  public var user = Self.automatic
  /// What.
  public var item = Self.automatic
  /// When: a number, or a date such as `2024-05-31T12:00:00Z`; `auto` takes a column of dates under
  /// any name.
  public var time = Self.automatic
  /// Which of day and month comes first in dates such as `5/6/2024`.
  public var dateOrder = DateOrder.automatic
  /// How much they liked it.
  public var rating = Self.automatic
  /// The kind of event: `click`, `buy`.
  public var event = Self.automatic
  /// How much an interaction counts: a weight or a quantity, times what `data.events` says.
  public var weight = Self.automatic
  /// What people call an item, in its own file.
  public var title = Self.automatic

  /// Every column by its usual name.
  public init() {}

  /// Whether a column of this name is usually the user, the item, the time or the rating.
  static func isUsual(_ name: String) -> Bool {
    [ColumnRole.user, .item, .time, .rating].contains { role in
      role.usual.contains { plain($0) == plain(name) }
    }
  }

  /// The name of the column of a role.
  subscript(role: ColumnRole) -> String {
    get {
      switch role {
      case .user: user
      case .item: item
      case .time: time
      case .rating: rating
      case .event: event
      case .weight: weight
      case .title: title
      }
    }
    set {
      switch role {
      case .user: user = newValue
      case .item: item = newValue
      case .time: time = newValue
      case .rating: rating = newValue
      case .event: event = newValue
      case .weight: weight = newValue
      case .title: title = newValue
      }
    }
  }

  /// The position of the column of a role: the one that is named, else the first with a usual name.
  ///
  /// Throws `DataError.missingColumn` where the named one is not there.
  func find(_ role: ColumnRole, in layout: TableLayout, file: String) throws -> Int? {
    let name = self[role]
    if name == Self.absent { return nil }
    guard name != Self.automatic else { return layout.column(named: role.usual) }
    guard let found = layout.column(named: name) else {
      throw DataError.missingColumn(
        file: file, role: role.words, setting: role.setting, wanted: name, found: layout.names)
    }
    return found
  }
}
