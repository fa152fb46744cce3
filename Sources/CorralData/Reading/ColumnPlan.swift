/// The columns of context and labels that a reader keeps of each row.
struct ColumnPlan: Sendable {
  /// The source of a column of context.
  enum Source: Sendable, Equatable {
    /// The text of a column, as a category.
    case token(column: Int)
    /// A column of numbers.
    case number(slot: Int)
    /// The hour, `0` to `23`, of a column of clock times such as KuaiRand's `hourmin`: 1330.
    case hourMinute(slot: Int)
    /// The hour in UTC, `0` to `23`, of the row's time.
    case hour
    /// The day of the week in UTC, `0` (Monday) to `6`, of the row's time.
    case weekday
  }

  /// One column of context.
  struct Context: Sendable {
    var name: String
    var source: Source

    var isNumber: Bool {
      if case .number = source { true } else { false }
    }
  }

  /// One column of labels.
  struct Label: Sendable {
    var name: String
    var quantity: RowPlan.Quantity
  }

  var context: [Context] = []
  var labels: [Label] = []

  /// The number of columns of context with categories.
  var categoryCount: Int { context.count { !$0.isNumber } }
  var numberCount: Int { context.count(where: \.isNumber) }
  var isEmpty: Bool { context.isEmpty && labels.isEmpty }
}

/// A column of context as settings name it: `tab`, `tab:token` or `price:float`.
struct ContextName {
  var name: String
  /// What the suffix says about the values; `nil` without a suffix, when the header decides.
  var isNumber: Bool?

  init(_ text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    name = String(parts[0])
    switch parts.count == 2 ? String(parts[1]) : parts.count == 1 ? nil : "" {
    case .none: isNumber = nil
    case "token": isNumber = false
    case "float": isNumber = true
    default: name = ""
    }
    if name.isEmpty {
      throw SettingError(
        "context", text: text,
        "write the name of a column, with ':token' for categories or ':float' for numbers"
          + " where its header does not say so, as in 'tab' or 'price:float'")
    }
  }
}
