/// Rows under headings, aligned for a terminal: text to the left, numbers to the right.
package struct Table {
  /// Where the cells of a column stand.
  package enum Alignment { case left, right }

  fileprivate let headings: [String]
  fileprivate let alignments: [Alignment]
  private let widest: Int
  fileprivate var rows: [[String]] = []

  /// A table with a heading for each column; cells wider than `widest` columns are cut short.
  package init(_ headings: [(String, Alignment)], widest: Int = 60) {
    self.headings = headings.map(\.0)
    alignments = headings.map(\.1)
    self.widest = widest
  }

  /// Adds a row; missing cells are empty.
  package mutating func add(_ cells: [String]) {
    rows.append(cells + [String](repeating: "", count: max(0, headings.count - cells.count)))
  }

  /// The table, a line a row, headings and a rule first unless there are none.
  package func rendered(_ style: TextStyle, headed: Bool = true) -> String {
    let widths = headings.indices.map { column in
      min(
        widest, max(headings[column].displayWidth, rows.map { $0[column].displayWidth }.max() ?? 0))
    }
    func line(_ cells: [String]) -> String {
      let fitted = cells.indices.map { column in
        switch alignments[column] {
        case .left: cells[column].fitted(to: widths[column])
        case .right: cells[column].rightAligned(to: widths[column])
        }
      }
      return trimmedEnd(fitted.joined(separator: "  "))
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    let head = headed ? [style.bold(line(headings)), style.dim(rule)] : []
    return (head + rows.map(line)).joined(separator: "\n")
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
