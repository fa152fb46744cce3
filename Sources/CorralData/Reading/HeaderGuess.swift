/// A guess whether a first line names columns.
struct HeaderGuess {
  let hasHeader: Bool
  /// Whether only a setting can be sure.
  let isDoubtful: Bool

  /// Guesses from a first line and some rows; `columns` are the names that the settings use.
  init(first: [String], rows: [[String]], columns: ColumnNames) {
    if first.contains(where: ColumnNames.isUsual) {
      (hasHeader, isDoubtful) = (true, false)
    } else if first.contains(where: Self.isNumberOrDate) {
      (hasHeader, isDoubtful) = (false, true)
    } else if first.indices.contains(where: { Self.isOfNumbers($0, rows) }) {
      (hasHeader, isDoubtful) = (true, false)
    } else {
      // All fields are texts. Column names do not occur among the values; users and items do.
      let recurs = first.indices.contains { column in
        !first[column].isEmpty
          && rows.contains { column < $0.count && areSame($0[column], first[column]) }
      }
      let isNumbered = [columns.user, columns.item].contains { Int($0) != nil }
      (hasHeader, isDoubtful) = (!recurs && !isNumbered, true)
    }
  }

  private static func isOfNumbers(_ column: Int, _ rows: [[String]]) -> Bool {
    let values = rows.lazy.compactMap { column < $0.count ? $0[column] : nil }.filter {
      !$0.isEmpty
    }
    return !values.isEmpty && values.allSatisfy(isNumberOrDate)
  }

  private static func isNumberOrDate(_ text: String) -> Bool {
    withField(of: text) { field in
      if let number = field.number { return number.isFinite }
      if case .time(let time) = field.time(as: .plain) { return time.isDate }
      return false
    }
  }
}

/// Whether two texts have the same bytes.
private func areSame(_ left: String, _ right: String) -> Bool {
  left.utf8.elementsEqual(right.utf8)
}
