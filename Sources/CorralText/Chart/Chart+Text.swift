import Foundation

extension Chart {
  /// The mark of each series, by turns.
  private static let marks: [Character] = ["●", "○", "▲", "△", "■", "□"]

  /// The chart in characters: title, axes with ticks, a mark for each point, and a list of the
  /// series if there are several.
  ///
  /// A label stands beside its mark where there is room. Where two marks meet, the later one is
  /// seen.
  ///
  /// - Parameters:
  ///   - width: the columns between the axes' ends.
  ///   - height: the lines between the axes' ends.
  /// - Returns: lines of at most `Table.lineWidth` columns by default.
  package func text(width: Int = 64, height: Int = 15) -> String {
    let (xAxis, yAxis) = (xAxis(ticks: 6), yAxis(ticks: 5))
    let canvas = marked(width: width, height: height, xAxis, yAxis)
    var tickOfLine = [String](repeating: "", count: height)
    for tick in yAxis.ticks {
      tickOfLine[Self.line(of: tick, on: yAxis, height: height)] = yAxis.label(tick)
    }
    let margin = tickOfLine.map(\.displayWidth).max() ?? 0
    var lines = [title.printable, "", yLabel.printable]
    for (line, cells) in canvas.enumerated() {
      let tick = tickOfLine[line]
      let text = tick.rightAligned(to: margin) + (tick.isEmpty ? " │" : " ┤") + String(cells)
      lines.append(text.trimmedEnd)
    }
    lines.append(contentsOf: Self.bottom(xAxis, margin: margin, width: width))
    lines.append(
      xLabel.printable.rightAligned(to: margin + 2 + width))
    if series.count > 1 || !labelName.isEmpty { lines.append("") }
    if series.count > 1 {
      for (place, series) in series.enumerated() {
        lines.append("\(Self.mark(of: place)) \(series.name.printable)")
      }
    }
    if !labelName.isEmpty { lines.append("Numbers at the marks: \(labelName.printable)") }
    return lines.joined(separator: "\n")
  }

  /// Returns the area between the axes, from the top down.
  private func marked(
    width: Int, height: Int, _ xAxis: ChartAxis, _ yAxis: ChartAxis
  ) -> [[Character]] {
    var canvas = [[Character]](
      repeating: [Character](repeating: " ", count: width), count: height)
    func cell(_ point: Point) -> (line: Int, column: Int) {
      let column = Int((xAxis.place(of: point.x) * Double(width - 1)).rounded())
      return (Self.line(of: point.y, on: yAxis, height: height), column)
    }
    for (place, series) in series.enumerated() {
      for point in series.points {
        let (line, column) = cell(point)
        canvas[line][column] = Self.mark(of: place)
      }
    }
    for point in points where !point.label.isEmpty {
      let (line, column) = cell(point)
      let label = Array(point.label.printable)
      // A wide character would shift what follows.
      guard label.count == point.label.printable.displayWidth else { continue }
      let right = column + 2..<column + 2 + label.count
      let left = column - 1 - label.count..<column - 1
      // One more column on either side keeps labels apart.
      let isFree = { (range: Range<Int>) in
        range.lowerBound >= 0 && range.upperBound <= width
          && canvas[line][max(0, range.lowerBound - 1)..<min(width, range.upperBound + 1)]
            .allSatisfy { $0 == " " }
      }
      if let range = [right, left].first(where: isFree) {
        canvas[line].replaceSubrange(range, with: label)
      }
    }
    return canvas
  }

  private static func mark(of series: Int) -> Character { marks[series % marks.count] }

  private static func line(of value: Double, on axis: ChartAxis, height: Int) -> Int {
    height - 1 - Int((axis.place(of: value) * Double(height - 1)).rounded())
  }

  /// Returns the horizontal axis and the numbers below it.
  private static func bottom(_ axis: ChartAxis, margin: Int, width: Int) -> [String] {
    var rule = [Character](repeating: "─", count: width)
    var numbers = [Character](repeating: " ", count: margin + 2 + width + 8)
    var end = -1
    for tick in axis.ticks {
      let column = Int((axis.place(of: tick) * Double(width - 1)).rounded())
      rule[column] = "┬"
      let label = Array(axis.label(tick))
      let start = max(0, margin + 2 + column - label.count / 2)
      if start > end {
        numbers.replaceSubrange(start..<start + label.count, with: label)
        end = start + label.count
      }
    }
    return [
      String(repeating: " ", count: margin) + " └" + String(rule), String(numbers).trimmedEnd,
    ]
  }
}

extension String {
  /// The text without spaces at its end.
  fileprivate var trimmedEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
