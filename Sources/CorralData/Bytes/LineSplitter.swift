/// Cuts one line into fields, in place; only fields with escapes are copied.
///
/// It owns the memory of the fields of one line: they are valid until the next line.
final class LineSplitter {
  /// What a line turned out to be.
  enum Outcome: Equatable {
    case fields(Int)
    case openQuote
    case notAnObject
  }

  let dialect: TableLayout.Dialect
  /// As many fields as there are columns; a line with more is still counted to its end.
  let fields: UnsafeMutablePointer<Field>
  private let capacity: Int
  private let columnNames: [[UInt8]]
  private var unescaped: UnsafeMutablePointer<UInt8>
  private var unescapedCapacity = 256
  private let nothing: UnsafeMutablePointer<UInt8>

  init(layout: TableLayout) {
    dialect = layout.dialect
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

  /// Cuts a line without its end.
  @inline(__always)
  func split(_ line: Field) -> Outcome {
    switch dialect {
    case .separated(let byte): .fields(splitPlain(line, by: byte))
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
    reserve(line.count)
    while true {
      var field: Field
      if at < line.count, line.start[at] == Byte.quote {
        let copy = unescaped + used
        var count = 0
        at += 1
        while true {
          guard at < line.count else { return .openQuote }
          if line.start[at] == Byte.quote {
            guard at + 1 < line.count, line.start[at + 1] == Byte.quote else { break }
            at += 1
          }
          copy[count] = line.start[at]
          count += 1
          at += 1
        }
        at += 1
        used += count
        field = Field(start: copy, count: count)
        // What follows a closing quote up to the separator belongs to no field: skip it.
        while at < line.count, line.start[at] != separator { at += 1 }
      } else {
        let first = at
        while at < line.count, line.start[at] != separator { at += 1 }
        field = Field(start: line.start + first, count: at - first)
      }
      if found < capacity { fields[found] = field }
      found += 1
      if at >= line.count { return .fields(found) }
      at += 1
    }
  }

  /// Room for the unescaped fields of a line, which are never longer than the line.
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
