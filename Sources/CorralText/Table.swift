/// Rows under headings, aligned for a terminal: text to the left, numbers to the right.
///
/// Cells may come from data: control characters in them are made visible.
package struct Table {
  /// Where the cells of a column stand.
  package enum Alignment { case left, right }

  /// The columns of a terminal that output fits into, whatever the terminal is.
  package static let lineWidth = 80
  /// Left cells are not cut below this many columns.
  private static let narrowest = 8
  private static let gap = "  "

  fileprivate let headings: [String]
  fileprivate let alignments: [Alignment]
  private let widest: Int
  fileprivate var rows: [[String]] = []

  /// A table with a heading for each column; left cells wider than `widest` columns are cut short.
  package init(_ headings: [(String, Alignment)], widest: Int = 60) {
    self.headings = headings.map(\.0.printable)
    alignments = headings.map(\.1)
    self.widest = widest
  }

  /// Adds a row; missing cells are empty.
  package mutating func add(_ cells: [String]) {
    let missing = [String](repeating: "", count: max(0, headings.count - cells.count))
    rows.append(cells.map(\.printable) + missing)
  }

  /// The table, a line for each row, headings and a rule first unless there are none.
  ///
  /// No line is longer than 80 columns: the widest left cells are cut first. Where that is not
  /// enough, the columns continue in a second table below, which repeats the first column.
  package func rendered(_ style: TextStyle, headed: Bool = true) -> String {
    let widths = fittedWidths()
    return parts(widths).map { columns in
      block(columns, widths: widths, style, headed: headed)
    }.joined(separator: "\n\n")
  }

  /// The width of each column, with the widest left ones cut until all fit or none can be cut.
  private func fittedWidths() -> [Int] {
    var widths = headings.indices.map { column in
      let wanted = max(
        headings[column].displayWidth, rows.map { $0[column].displayWidth }.max() ?? 0)
      return alignments[column] == .left ? min(widest, wanted) : wanted
    }
    while Self.total(widths) > Self.lineWidth {
      let cuttable = widths.indices.filter {
        alignments[$0] == .left && widths[$0] > Self.narrowest
      }
      guard let column = cuttable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[column] -= 1
    }
    return widths
  }

  /// The columns of each table that fits: all of them, or the first one with a part of the others.
  private func parts(_ widths: [Int]) -> [[Int]] {
    var parts: [[Int]] = [[]]
    for column in widths.indices {
      let current = parts[parts.count - 1]
      if current.count > 1, Self.total((current + [column]).map { widths[$0] }) > Self.lineWidth {
        parts.append([0, column])
      } else {
        parts[parts.count - 1].append(column)
      }
    }
    return parts
  }

  private func block(
    _ columns: [Int], widths: [Int], _ style: TextStyle, headed: Bool
  ) -> String {
    func line(_ cells: [String]) -> String {
      let fitted = columns.map { column in
        switch alignments[column] {
        case .left: cells[column].fitted(to: widths[column])
        case .right: cells[column].rightAligned(to: widths[column])
        }
      }
      return trimmedEnd(fitted.joined(separator: Self.gap))
    }
    let rule = columns.map { String(repeating: "─", count: widths[$0]) }
      .joined(separator: Self.gap)
    let head = headed ? [style.bold(line(headings)), style.dim(rule)] : []
    return (head + rows.map(line)).joined(separator: "\n")
  }

  private static func total(_ widths: [Int]) -> Int {
    widths.reduce(0, +) + gap.count * max(0, widths.count - 1)
  }

  private func trimmedEnd(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension Table {
  /// The table as Markdown.
  package var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let rule = alignments.map { $0 == .right ? "---:" : "---" }
    return ([line(headings), line(rule)] + rows.map(line)).joined(separator: "\n")
  }
}
