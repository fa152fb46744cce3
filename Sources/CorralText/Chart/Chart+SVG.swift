import Foundation

extension Chart {
  /// The chart as an SVG document of 720 by 440 units, or more with a legend of many rows.
  ///
  /// It has no background, and its colours follow the reader's scheme, so that it can be read on
  /// light and on dark pages. Series differ by the shape of their marks as well. Every text is
  /// escaped, and characters that XML does not allow are made visible.
  package var svg: String {
    let drawing = ChartDrawing(self)
    let described =
      "\(yLabel) against \(xLabel): "
      + series.map { series in
        "\(series.name): "
          + series.points.map { drawing.description(of: $0) }.joined(separator: "; ")
      }.joined(separator: ". ")
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 \(Int(drawing.height))" role="img" \
      font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" \
      font-size="13">
      <title>\(title.xml)</title>
      <desc>\(described.xml)</desc>
      \(ChartDrawing.style)
      \((drawing.axes + drawing.lines + drawing.marks + drawing.labels + drawing.legend)
        .joined(separator: "\n"))
      </svg>

      """
  }
}

/// Where everything of a chart stands in its SVG.
private struct ChartDrawing {
  /// The ends of the area between the axes.
  private let left = 76.0
  private let right = 696.0
  private let top = 64.0
  private let bottom = 372.0
  private let chart: Chart
  private let xAxis: ChartAxis
  private let yAxis: ChartAxis

  init(_ chart: Chart) {
    self.chart = chart
    xAxis = chart.xAxis(ticks: 8)
    yAxis = chart.yAxis(ticks: 6)
  }

  /// The colours: Okabe and Ito's, which colour-blind readers can tell apart, darker on light pages
  /// and lighter on dark ones.
  ///
  /// The attributes are for programs that do not read style sheets.
  static var style: String {
    func rules(_ text: String, _ faint: String, _ colours: [String]) -> String {
      ".t{fill:\(text)}.a{stroke:\(text)}.g{stroke:\(faint)}"
        + colours.enumerated().map { ".f\($0){fill:\($1)}.s\($0){stroke:\($1)}" }.joined()
    }
    return "<style>\(rules("#24292f", "#d8dee4", light))"
      + "@media (prefers-color-scheme:dark){\(rules("#d1d7e0", "#3d444d", dark))}</style>"
  }

  private static let light = ["#0072b2", "#c04a00", "#00795a", "#a8508a", "#946200", "#555555"]
  private static let dark = ["#56b4e9", "#ff8a4c", "#2fc79b", "#e89cc8", "#e6b84a", "#b0b0b0"]

  private func x(_ value: Double) -> Double { left + xAxis.place(of: value) * (right - left) }
  private func y(_ value: Double) -> Double { bottom - yAxis.place(of: value) * (bottom - top) }

  func description(of point: Chart.Point) -> String {
    let label = [chart.labelName, point.label].filter { !$0.isEmpty }.joined(separator: " ")
    return (label.isEmpty ? "" : label + ", ")
      + String(format: "%.4g and %.4g", point.y, point.x)
  }

  /// Title, grid, ticks and the names of the axes.
  var axes: [String] {
    var parts = [
      text(chart.title, x: left, y: 28, size: 16, weight: "600"),
      text(chart.yLabel, x: left, y: top - 14),
      text(chart.xLabel, x: right, y: bottom + 46, anchor: "end"),
    ]
    for tick in yAxis.ticks {
      parts.append(line("g", "#8b949e", (left, y(tick)), (right, y(tick))))
      parts.append(text(yAxis.label(tick), x: left - 8, y: y(tick) + 4.5, anchor: "end"))
    }
    for tick in xAxis.ticks {
      parts.append(line("a", "#6e7781", (x(tick), bottom), (x(tick), bottom + 5)))
      parts.append(text(xAxis.label(tick), x: x(tick), y: bottom + 21, anchor: "middle"))
    }
    parts.append(line("a", "#6e7781", (left, bottom), (right, bottom)))
    return parts
  }

  /// A line through the points of each series.
  var lines: [String] {
    chart.series.enumerated().filter { $1.points.count > 1 }.map { place, series in
      let points = series.points.map { "\(number(x($0.x))),\(number(y($0.y)))" }
      let colour = place % Self.light.count
      return
        "<polyline class=\"s\(colour)\" stroke=\"\(Self.light[colour])\" fill=\"none\" "
        + "stroke-width=\"1.5\" stroke-opacity=\"0.6\" points=\"\(points.joined(separator: " "))\"/>"
    }
  }

  /// A mark for each point; a pointer that rests on it shows its numbers.
  var marks: [String] {
    chart.series.enumerated().flatMap { place, series in
      series.points.map { point in
        mark(
          of: place, x: x(point.x), y: y(point.y),
          title: "\(series.name): \(description(of: point))")
      }
    }
  }

  /// The label of each point in the colour of its series, where it covers the least.
  var labels: [String] {
    var taken = chart.points.map { Box(centre: (x($0.x), y($0.y)), width: 10, height: 10) }
    let strokes = strokes
    return chart.series.enumerated().flatMap { place, series in
      series.points.filter { !$0.label.isEmpty }.map { point in
        let width = 7.5 * Double(point.label.printable.displayWidth)
        let box = places(of: point, width: width).min { left, right in
          func cost(_ box: Box) -> Int {
            20 * taken.count { $0.overlaps(box) } + strokes.count { $0.overlaps(box) }
          }
          return cost(left) < cost(right)
        }
        guard let box else { return "" }
        taken.append(box)
        return text(
          point.label, x: (box.left + box.right) / 2, y: box.bottom - 3, anchor: "middle",
          size: 12, series: place)
      }
    }
  }

  /// The places around a point where its label can stand, the best first.
  private func places(of point: Chart.Point, width: Double) -> [Box] {
    let (atX, atY) = (x(point.x), y(point.y))
    let diagonal = 8 + width / 2
    let around = [
      (diagonal, -11.0), (-diagonal, -11), (diagonal, 11), (-diagonal, 11), (0, -15), (0, 15),
      (diagonal, 0), (-diagonal, 0),
    ].map { Box(centre: (atX + $0.0, atY + $0.1), width: width, height: 14) }
    let inside = around.filter {
      $0.left >= left && $0.right <= right + 24 && $0.top >= top - 12 && $0.bottom <= bottom
    }
    return inside.isEmpty ? around : inside
  }

  /// Small boxes along every line.
  private var strokes: [Box] {
    chart.series.flatMap { series in
      zip(series.points, series.points.dropFirst()).flatMap { from, to in
        let (across, down) = (x(to.x) - x(from.x), y(to.y) - y(from.y))
        let count = max(1, Int((across * across + down * down).squareRoot() / 6))
        return (0...count).map { step in
          let part = Double(step) / Double(count)
          return Box(
            centre: (x(from.x) + part * across, y(from.y) + part * down), width: 3, height: 3)
        }
      }
    }
  }

  /// The name of each series with its mark, in rows; none for a single series.
  var legend: [String] {
    zip(chart.series, legendPlaces).enumerated().flatMap { place, entry in
      let (series, at) = entry
      return [
        mark(of: place, x: at.x + 5, y: at.y - 4.5, title: series.name),
        text(series.name, x: at.x + 16, y: at.y),
      ]
    }
  }

  /// The height of the document, which grows with the rows of the legend.
  var height: Double { max(440, (legendPlaces.last?.y ?? 0) + 14) }

  private var legendPlaces: [(x: Double, y: Double)] {
    if chart.series.count < 2 { return [] }
    var at = (x: left, y: bottom + 70)
    return chart.series.map { series in
      let width = 40 + 7.5 * Double(series.name.printable.displayWidth)
      if at.x > left, at.x + width > right { at = (left, at.y + 22) }
      defer { at.x += width }
      return at
    }
  }

  private func text(
    _ text: String, x: Double, y: Double, anchor: String = "start", size: Int? = nil,
    weight: String? = nil, series: Int? = nil
  ) -> String {
    let colour = series.map { $0 % Self.light.count }
    var attributes =
      "class=\"\(colour.map { "f\($0)" } ?? "t")\" fill=\"\(colour.map { Self.light[$0] } ?? "#57606a")\" x=\"\(number(x))\" y=\"\(number(y))\""
    if anchor != "start" { attributes += " text-anchor=\"\(anchor)\"" }
    if let size { attributes += " font-size=\"\(size)\"" }
    if let weight { attributes += " font-weight=\"\(weight)\"" }
    return "<text \(attributes)>\(text.xml)</text>"
  }

  private func line(
    _ kind: String, _ colour: String, _ from: (Double, Double), _ to: (Double, Double)
  ) -> String {
    "<line class=\"\(kind)\" stroke=\"\(colour)\" x1=\"\(number(from.0))\" y1=\"\(number(from.1))\" "
      + "x2=\"\(number(to.0))\" y2=\"\(number(to.1))\"/>"
  }

  /// A circle, square, triangle or diamond.
  private func mark(of series: Int, x: Double, y: Double, title: String) -> String {
    let colour = series % Self.light.count
    let style = "class=\"f\(colour)\" fill=\"\(Self.light[colour])\""
    let title = "<title>\(title.xml)</title>"
    func polygon(_ corners: [(Double, Double)]) -> String {
      let points = corners.map { "\(number(x + $0.0)),\(number(y + $0.1))" }
      return "<polygon \(style) points=\"\(points.joined(separator: " "))\">\(title)</polygon>"
    }
    return switch series % 4 {
    case 0:
      "<circle \(style) cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"4.5\">\(title)</circle>"
    case 1: polygon([(-4, -4), (4, -4), (4, 4), (-4, 4)])
    case 2: polygon([(0, -5), (5, 4), (-5, 4)])
    default: polygon([(0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)])
    }
  }

  private func number(_ value: Double) -> String {
    String(format: "%.1f", value)
  }
}

/// A rectangle that something covers.
private struct Box {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double

  init(centre: (Double, Double), width: Double, height: Double) {
    (left, right) = (centre.0 - width / 2, centre.0 + width / 2)
    (top, bottom) = (centre.1 - height / 2, centre.1 + height / 2)
  }

  func overlaps(_ other: Box) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }
}

extension String {
  /// This text as the content of an XML element or attribute.
  fileprivate var xml: String {
    var escaped = String.UnicodeScalarView()
    for scalar in printable.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      // No character of XML 1.0.
      case "\u{FFFE}", "\u{FFFF}": escaped.append("\u{FFFD}")
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}
