/// Splits one line into fields, in place; only fields with escapes are copied.
///
/// It owns the memory of the fields of one line, which are valid until the next line.
final class LineSplitter {
  /// The result of splitting a line.
  enum Outcome: Equatable {
    case fields(Int)
    case openQuote
    case notAnObject
  }

  let dialect: TableLayout.Dialect
  /// The fields, one for each column.
  ///
  /// Further fields of a line are counted and not kept.
  let fields: UnsafeMutablePointer<Field>
  private let capacity: Int
  private let trims: Bool
  private let needed: Int
  private let columnNames: [[UInt8]]
  private var unescaped: UnsafeMutablePointer<UInt8>
  private var unescapedCapacity = 256
  private let nothing: UnsafeMutablePointer<UInt8>

  init(layout: TableLayout) {
    dialect = layout.dialect
    trims = layout.trimsSpaces
    needed = layout.columns.count - layout.namelessColumns
    capacity = max(1, layout.columns.count)
    columnNames = layout.columns.map { Array($0.name.utf8) }
    nothing = .allocate(capacity: 1)
    nothing.initialize(to: 0)
    fields = .allocate(capacity: capacity)
    fields.initialize(repeating: Field(start: nothing, count: 0), count: capacity)
    unescaped = .allocate(capacity: unescapedCapacity)
  }

  deinit {
    fields.deallocate()
    unescaped.deallocate()
    nothing.deallocate()
  }

  /// Splits a line without its end.
  @inline(__always)
  func split(_ line: Field) -> Outcome {
    switch dialect {
    case .separated(let byte): .fields(fitted(trimmed(splitPlain(line, by: byte)), line, byte))
    case .quoted(let byte): splitQuoted(line, by: byte)
    case .doubleColon: .fields(splitDoubleColon(line))
    case .json: splitObject(line)
    }
  }

  @inline(__always)
  private func splitPlain(_ line: Field, by separator: UInt8) -> Int {
    var found = 0
    var first = 0
    var at = 0
    while at < line.count {
      if line.start[at] == separator {
        if found < capacity {
          fields[found] = Field(start: line.start + first, count: at - first)
        }
        found += 1
        first = at + 1
      }
      at += 1
    }
    if found < capacity {
      fields[found] = Field(start: line.start + first, count: line.count - first)
    }
    return found + 1
  }

  private func splitDoubleColon(_ line: Field) -> Int {
    var found = 0
    var first = 0
    var at = 0
    while at + 1 < line.count {
      if line.start[at] == Byte.colon, line.start[at + 1] == Byte.colon {
        if found < capacity {
          fields[found] = Field(start: line.start + first, count: at - first)
        }
        found += 1
        at += 2
        first = at
      } else {
        at += 1
      }
    }
    if found < capacity {
      fields[found] = Field(start: line.start + first, count: line.count - first)
    }
    return found + 1
  }

  private func splitQuoted(_ line: Field, by separator: UInt8) -> Outcome {
    var found = 0
    var at = 0
    var used = 0
    while true {
      var field: Field
      while trims, at < line.count, line.start[at] == Byte.space { at += 1 }
      if at < line.count, line.start[at] == Byte.quote {
        guard let (text, end) = quoted(line, from: at + 1, &used) else { return .openQuote }
        field = text
        at = end
        // Text between a closing quote and the separator belongs to no field.
        while at < line.count, line.start[at] != separator { at += 1 }
      } else {
        let first = at
        while at < line.count, line.start[at] != separator { at += 1 }
        field = Field(start: line.start + first, count: at - first)
        while trims, field.count > 0, field.start[field.count - 1] == Byte.space {
          field.count -= 1
        }
      }
      if found < capacity { fields[found] = field }
      found += 1
      if at >= line.count { return .fields(fitted(found, line, separator)) }
      at += 1
    }
  }

  /// Returns the text of a quoted field and the position behind its closing quote.
  ///
  /// `first` is the position behind the opening quote. The text is copied only if it holds quotes.
  private func quoted(_ line: Field, from first: Int, _ used: inout Int) -> (Field, Int)? {
    var at = first
    while at < line.count, line.start[at] != Byte.quote { at += 1 }
    guard at < line.count else { return nil }
    guard at + 1 < line.count, line.start[at + 1] == Byte.quote else {
      return (Field(start: line.start + first, count: at - first), at + 1)
    }
    if used == 0 { reserve(line.count) }
    let copy = unescaped + used
    var count = 0
    at = first
    while at < line.count {
      if line.start[at] == Byte.quote {
        guard at + 1 < line.count, line.start[at + 1] == Byte.quote else {
          used += count
          return (Field(start: copy, count: count), at + 1)
        }
        at += 1
      }
      copy[count] = line.start[at]
      count += 1
      at += 1
    }
    return nil
  }

  /// Returns the number of fields, or the number of columns if the difference is harmless: columns
  /// without a name that a row leaves out, or separators behind the last field.
  @inline(__always)
  private func fitted(_ found: Int, _ line: Field, _ separator: UInt8) -> Int {
    found == capacity ? found : fittedElse(found, line, separator)
  }

  @inline(never)
  private func fittedElse(_ found: Int, _ line: Field, _ separator: UInt8) -> Int {
    if found < capacity {
      guard found >= needed, needed < capacity else { return found }
      for column in found..<capacity { fields[column] = Field(start: nothing, count: 0) }
      return capacity
    }
    let extra = line.count - (found - capacity)
    for at in extra..<line.count where line.start[at] != separator { return found }
    return capacity
  }

  /// Trims spaces around the fields if they belong to the separators.
  @inline(__always)
  private func trimmed(_ found: Int) -> Int {
    if trims {
      for at in 0..<min(found, capacity) { fields[at] = fields[at].trimmed() }
    }
    return found
  }

  /// Makes room for the unescaped fields of a line, which are never longer than the line.
  private func reserve(_ count: Int) {
    guard count > unescapedCapacity else { return }
    unescaped.deallocate()
    unescapedCapacity = count * 2
    unescaped = .allocate(capacity: unescapedCapacity)
  }

  private func splitObject(_ line: Field) -> Outcome {
    reserve(line.count)
    for column in 0..<capacity { fields[column] = Field(start: nothing, count: 0) }
    var scanner = JSONScanner(line: line, unescaped: unescaped)
    let isObject = scanner.members { name, value in
      for column in columnNames.indices where name.count == columnNames[column].count {
        if columnNames[column].withUnsafeBufferPointer({ name.equals($0) }) {
          fields[column] = value
          return
        }
      }
    }
    return isObject ? .fields(capacity) : .notAnObject
  }
}
