/// The formats of interaction logs; any of them can be compressed with gzip.
public enum DataFormat: String, Sendable, Codable, CaseIterable {
  /// Recognised by name and first line.
  case automatic = "auto"
  /// RecBole's atomic files: `NAME.inter`, `NAME.user` and `NAME.item`, with tabs and `name:type`
  /// headers.
  case atomic
  /// MovieLens: `u.data`, `ratings.dat` or `ratings.csv`, with titles and genres in other files.
  case movielens
  /// Fields with commas (or semicolons, bars) between them, in quotes if they hold one.
  case csv
  /// Fields with tabs between them.
  case tsv
  /// One JSON object per line.
  case jsonl
  /// Taobao's `UserBehavior.csv`: user, item, category, behaviour, time; no header.
  case taobao
  /// KuaiRand's logs: one row per exposure; a click counts unless `events` says otherwise.
  case kuairand

  static var names: String { listed(allCases.map(\.rawValue), limit: .max) }

  /// Returns the format of a name; throws an error with all names for an unknown one.
  package init(named name: String) throws {
    guard let format = Self(rawValue: name) else { throw DataError.unknownFormat(name) }
    self = format
  }

  /// Reads the name of a format.
  public init(from decoder: any Decoder) throws {
    try self.init(named: decoder.singleValueContainer().decode(String.self))
  }
}
