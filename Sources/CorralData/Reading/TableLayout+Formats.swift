extension TableLayout {
  /// The layout of `UserBehavior.csv`, which has no header.
  static let taobao = TableLayout(
    dialect: .separated(Byte.comma), hasHeader: false,
    columns: [
      Column(name: "user_id", kind: .token), Column(name: "item_id", kind: .token),
      Column(name: "category_id", kind: .token), Column(name: "behavior", kind: .token),
      Column(name: "timestamp", kind: .token),
    ])

  private static let ratings = [
    Column(name: "user_id", kind: .token), Column(name: "item_id", kind: .token),
    Column(name: "rating", kind: .number), Column(name: "timestamp", kind: .token),
  ]

  private static let genres = [
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary",
    "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi",
    "Thriller", "War", "Western",
  ]

  /// Returns the layout of a file of interactions, its format, and the first values of each column
  /// that are not empty.
  static func ofInteractions(
    _ file: FileBytes, _ settings: DataSettings
  ) throws -> (layout: TableLayout, format: DataFormat, samples: [[String]]) {
    let head = try FileHead(file)
    let (layout, format) = try ofInteractions(head, settings)
    return (layout, format, head.samples(of: layout))
  }

  private static func ofInteractions(
    _ head: FileHead, _ settings: DataSettings
  ) throws -> (layout: TableLayout, format: DataFormat) {
    let format = settings.format == .automatic ? try head.format() : settings.format
    func table(separator: UInt8? = nil) throws -> TableLayout {
      try head.table(separator: separator, header: settings.header, columns: settings.columns)
    }
    switch format {
    case .automatic, .csv, .kuairand: return (try table(), format)
    case .tsv: return (try table(separator: Byte.tab), format)
    case .atomic: return (try head.atomic(), format)
    case .jsonl: return (try head.json(), format)
    case .taobao: return (taobao, format)
    case .movielens:
      if head.firstLine.contains("::") {
        return (TableLayout(dialect: .doubleColon, hasHeader: false, columns: ratings), format)
      }
      if head.firstLine.contains("\t") {
        let layout = TableLayout(
          dialect: .separated(Byte.tab), hasHeader: false, columns: ratings)
        return (layout, format)
      }
      return (try table(), format)
    }
  }

  /// Returns the layout of a file of features, by its name and first line.
  static func ofFeatures(_ file: FileBytes, _ columns: ColumnNames) throws -> TableLayout {
    let head = try FileHead(file)
    switch head.name {
    case "u.item":
      return TableLayout(
        dialect: .separated(Byte.pipe), hasHeader: false,
        columns: [
          Column(name: "item_id", kind: .token), Column(name: "title", kind: .token),
          Column(name: "release_date", kind: .ignored),
          Column(name: "video_release_date", kind: .ignored), Column(name: "url", kind: .ignored),
        ] + genres.map { Column(name: $0, kind: .flag) })
    case "u.user":
      return users("age", "gender", "occupation", "zip_code", dialect: .separated(Byte.pipe))
    case "users.dat":
      return users("gender", "age", "occupation", "zip_code", dialect: .doubleColon)
    case "movies.dat":
      return TableLayout(
        dialect: .doubleColon, hasHeader: false,
        columns: [
          Column(name: "item_id", kind: .token), Column(name: "title", kind: .token),
          Column(name: "genres", kind: .tokens(separator: Byte.pipe)),
        ])
    default: break
    }
    if head.firstLine.hasPrefix("{") { return try head.json() }
    return head.isAtomic ? try head.atomic() : try head.table(columns: columns)
  }

  private static func users(_ names: String..., dialect: Dialect) -> TableLayout {
    TableLayout(
      dialect: dialect, hasHeader: false,
      columns: (["user_id"] + names).map { Column(name: $0, kind: .token) })
  }
}
