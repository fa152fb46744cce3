/// The kinds of the columns of a user or item file: from its header, from settings, or else from
/// its content.
struct FeatureKinds {
  /// The content of a column whose type no header gives.
  struct Content {
    var numbers = 0
    var missing = 0
    var grouped = 0
    var words = 0
    /// The first field that is not a number, and its line.
    var firstWord = ""
    var firstLine = 0
    /// The number of fields that hold each of the possible separators of categories.
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

  /// The possible separators of categories: a bar, a semicolon, a comma and a space.
  ///
  /// The first that a column holds is used.
  static let separators: [UInt8] = [Byte.pipe, 0x3B, Byte.comma, Byte.space]

  /// The kind of each column; `ignored` for a column that is not a feature.
  private(set) var kinds: [TableLayout.Column.Kind]
  /// Whether a column is left out if nearly every row turns out to have a different text.
  private(set) var mayBeTexts: [Bool]
  private(set) var notes: [String] = []

  /// Decides the kinds of the columns of a layout; `content` is given if the columns were scanned.
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

  /// Adds a note on the kind of a column unless it is obvious.
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
          "\(rows(content.words)) with a word instead, '\(content.firstWord)' first on line"
            + " \(content.firstLine), taken as unknown")
      }
      if content.grouped > 0 {
        parts.append("\(rows(content.grouped)) with commas between the thousands")
      }
      if !parts.isEmpty {
        notes.append("column '\(name)' of \(file) holds numbers: \(parts.joined(separator: ", "))")
      }
      return
    }
    let numbers = content.numbers + content.grouped
    if numbers > content.words, content.words > 0 {
      notes.append(
        "column '\(name)' of \(file) holds categories: \(rows(numbers)) have a number and"
          + " \(rows(content.words)) do not, '\(content.firstWord)' first on line"
          + " \(content.firstLine); to take those as unknown set \(setting)=[\"\(name):float\"]")
    }
  }
}
