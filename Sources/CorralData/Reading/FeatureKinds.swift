/// What the columns of a file of users or items become: by its header, by settings, else by what they
/// hold.
struct FeatureKinds {
  /// What a column of a file without types holds.
  struct Content {
    var numbers = 0
    var missing = 0
    var grouped = 0
    var words = 0
    /// The first field that is no number, and its line.
    var firstWord = ""
    var firstLine = 0
    /// How many fields have one of the bytes that stand between categories.
    var separated = [Int](repeating: 0, count: FeatureKinds.separators.count)

    mutating func add(_ field: Field, line: Int) {
      switch field.featureNumber {
      case .number: numbers += 1
      case .missing: missing += field.count > 0 ? 1 : 0
      case .grouped: grouped += 1
      case .word:
        if words == 0 { (firstWord, firstLine) = (shortened(field.text, to: 40), line) }
        words += 1
      }
      for (at, separator) in FeatureKinds.separators.enumerated()
      where field.bytes.contains(separator) { separated[at] += 1 }
    }

    var areNumbers: Bool { words == 0 && (numbers + grouped > 0 || missing == 0) }
  }

  /// A bar, a semicolon, a comma and a space: the first that a column has stands between categories.
  static let separators: [UInt8] = [Byte.pipe, 0x3B, Byte.comma, Byte.space]

  /// The kind of each column; `ignored` for what is no feature.
  private(set) var kinds: [TableLayout.Column.Kind]
  /// Whether a column may still be left out, if nearly every row has a text of its own.
  private(set) var mayBeTexts: [Bool]
  private(set) var notes: [String] = []

  /// The kinds of the columns of a layout; `content` is what they hold where that was looked at.
  init(
    layout: TableLayout, choice: FeatureChoice, key: String, skipping: [Int], file: String,
    content: [Content]?
  ) throws {
    kinds = layout.columns.map(\.kind)
    mayBeTexts = layout.columns.map { _ in !layout.isTyped && choice == .automatic }
    var wanted = [FeatureName.Kind?](repeating: nil, count: kinds.count)
    if case .only(let names) = choice {
      var isChosen = [Bool](repeating: false, count: kinds.count)
      for name in names {
        let flags = name.name == "genres" ? kinds.indices.filter { kinds[$0] == .flag } : []
        let columns = flags.isEmpty ? layout.column(named: name.name).map { [$0] } ?? [] : flags
        guard let first = columns.first else {
          throw DataError.missingColumn(
            file: file, role: "feature", setting: "data.\(key)", wanted: name.name,
            found: layout.names)
        }
        if isChosen[first] {
          throw SettingError(
            key, listed(names.map(\.text)), "'\(name.name)' is named twice")
        }
        for column in columns { isChosen[column] = true }
        wanted[first] = name.kind
      }
      for column in kinds.indices {
        if !isChosen[column] {
          kinds[column] = .ignored
        } else if kinds[column] == .ignored {
          kinds[column] = .token
        }
      }
    }
    for column in skipping { kinds[column] = .ignored }
    for column in kinds.indices where kinds[column] != .ignored && kinds[column] != .flag {
      if let kind = wanted[column] {
        kinds[column] = self.kind(kind, content?[column])
      } else if let content, !layout.isTyped {
        kinds[column] =
          content[column].areNumbers
          ? .number : content[column].separated[0] > 0 ? .tokens(separator: Byte.pipe) : .token
      }
      if let content {
        explain(content[column], column, layout.columns[column].name, "data.\(key)", file)
      }
    }
  }

  private func kind(
    _ wanted: FeatureName.Kind, _ content: Content?
  ) -> TableLayout.Column.Kind {
    switch wanted {
    case .category: return .token
    case .number: return .number
    case .numbers: return .numbers
    case .categories:
      let used = content?.separated.firstIndex { $0 > 0 }
      return .tokens(separator: used.map { Self.separators[$0] } ?? Byte.space)
    }
  }

  /// Says in a line what a column became, where that is not plain.
  private mutating func explain(
    _ content: Content, _ column: Int, _ name: String, _ setting: String, _ file: String
  ) {
    func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }
    if kinds[column] == .number {
      var parts: [String] = []
      if content.missing > 0 {
        parts.append("\(rows(content.missing)) without a number (NA, None, -)")
      }
      if content.words > 0 {
        parts.append(
          "\(rows(content.words)) with a word in its place, '\(content.firstWord)' first on line"
            + " \(content.firstLine), taken as unknown")
      }
      if content.grouped > 0 {
        parts.append("\(rows(content.grouped)) with commas between the thousands")
      }
      if !parts.isEmpty {
        notes.append("column '\(name)' of \(file) is numbers: \(parts.joined(separator: ", "))")
      }
      return
    }
    let numbers = content.numbers + content.grouped
    if numbers > content.words, content.words > 0 {
      notes.append(
        "column '\(name)' of \(file) is categories: \(rows(numbers)) have a number and"
          + " \(rows(content.words)) have not, '\(content.firstWord)' first on line"
          + " \(content.firstLine); to take those as unknown set \(setting)=[\"\(name):float\"]")
    }
  }
}
