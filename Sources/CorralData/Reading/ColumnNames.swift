/// The names of the columns that make up a log.
///
/// `auto` finds the usual names, and `none` leaves out a column that is not needed.
public struct ColumnNames: Sendable, Equatable, Codable {
  /// The setting that takes whichever usual name the file has.
  package static let automatic = "auto"
  /// The setting that leaves a column out.
  package static let absent = "none"

  /// The user.
  public var user = Self.automatic
  /// The item.
  public var item = Self.automatic
  /// The time: a number, or a date such as `2024-05-31T12:00:00Z`.
  ///
  /// `auto` also takes a column of dates with an unusual name.
  public var time = Self.automatic
  /// Whether day or month comes first in dates such as `5/6/2024`.
  public var dateOrder = DateOrder.automatic
  /// The rating.
  public var rating = Self.automatic
  /// The kind of event: `click`, `buy`.
  public var event = Self.automatic
  /// The weight or quantity of an interaction, by which the weight of `data.events` is multiplied.
  public var weight = Self.automatic
  /// The title of an item, in the item file.
  public var title = Self.automatic

  /// Creates the usual names.
  public init() {}

  /// Whether this is a usual name of the user, the item, the time or the rating.
  static func isUsual(_ name: String) -> Bool {
    [ColumnRole.user, .item, .time, .rating].contains { role in
      role.usual.contains { plain($0) == plain(name) }
    }
  }

  /// Returns the column name of a role.
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

  /// Returns the position of the column of a role: the named one, or the first with a usual name.
  ///
  /// Throws `DataError.missingColumn` if the file does not have the named one.
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
