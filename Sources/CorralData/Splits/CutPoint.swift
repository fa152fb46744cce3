/// Where a part of a log begins: at a share of it, or at a time.
///
/// In settings a number up to 1 is a share, and a larger number or a date is a time: `0.8`,
/// `1704758400`, `2024-01-09`.
public enum CutPoint: Sendable, Equatable, Codable {
  /// The share of the log that comes before, from 0 to 1.
  case share(Double)
  /// A number in the unit of the log, or a date.
  case time(String)

  /// Creates a share from a number up to 1, and a time from a larger one.
  package init(_ number: Double) {
    let whole = Int64(exactly: number)
    self = number <= 1 ? .share(number) : .time(whole.map { "\($0)" } ?? "\(number)")
  }

  /// Reads a number, or a date as a text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let whole = try? container.decode(Int64.self) {
      self = whole > 1 ? .time("\(whole)") : .share(Double(whole))
    } else if let number = try? container.decode(Double.self) {
      self.init(number)
    } else {
      self = .time(try container.decode(String.self))
    }
  }

  /// Writes a number, or a date as a text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .share(let share): try container.encode(share)
    case .time(let text):
      if let whole = Int64(text) {
        try container.encode(whole)
      } else {
        try container.encode(text)
      }
    }
  }

  /// The share or the time as settings spell it.
  package var text: String {
    switch self {
    case .share(let share): "\(share)"
    case .time(let text): text
    }
  }

  /// Throws `SettingError` unless this is a share or a time.
  func validate(_ key: String) throws {
    let isUsable =
      switch self {
      case .share(let share): (0...1).contains(share)
      case .time(let text):
        if case .time = withField(of: text, { $0.time(as: .plain) }) { true } else { false }
      }
    if !isUsable {
      throw SettingError(
        key, text: text,
        "a part begins at a share of the log from 0 to 1, or at a time: a number in the unit"
          + " of the log, or a date such as 2024-05-31")
    }
  }
}

extension CutPoint: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral
{
  /// Creates a share from a number up to 1, and a time from a larger one.
  public init(floatLiteral number: Double) { self.init(number) }
  /// Creates a share from a number up to 1, and a time from a larger one.
  public init(integerLiteral number: Int64) {
    self = number > 1 ? .time("\(number)") : .share(Double(number))
  }
  /// Creates a time from a date.
  public init(stringLiteral text: String) { self = .time(text) }
}
