/// The formats that logs of interactions come in; each may be compressed with gzip.
public enum DataFormat: String, Sendable, Codable, CaseIterable {
  /// Whichever of the others is recognised by name and first line.
  case automatic = "auto"
  /// RecBole's atomic files: `NAME.inter`, `NAME.user`, `NAME.item`, tabs, `name:type` headers.
  case atomic
  /// MovieLens: `u.data`, `ratings.dat` or `ratings.csv`, with titles and genres beside.
  case movielens
  /// Fields with commas (or semicolons, bars) between them, in quotes where they hold one.
  case csv
  /// Fields with tabs between them.
  case tsv
  /// A JSON object a line.
  case jsonl
  /// Taobao's `UserBehavior.csv`: user, item, category, behaviour, time; no header.
  case taobao
  /// KuaiRand's logs: one row an exposure; a click counts unless `events` says otherwise.
  case kuairand

  static var names: String { listed(allCases.map(\.rawValue), limit: .max) }

  /// The format of a name; throws one that lists the names there are.
  public init(named name: String) throws {
    guard let format = Self(rawValue: name) else { throw DataError.unknownFormat(name) }
    self = format
  }

  /// The format of a name in settings.
  public init(from decoder: any Decoder) throws {
    try self.init(named: decoder.singleValueContainer().decode(String.self))
  }
}
