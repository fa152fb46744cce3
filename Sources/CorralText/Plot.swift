/// Small plots made of block characters, for what one looks at rather than reads.
package enum Plot {
  /// One character a value, low to high: `▁▂▃▄▅▆▇█`; values that are not finite are blanks.
  package static func sparkline(_ values: [Double]) -> String {
    let levels = Array("▁▂▃▄▅▆▇█")
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else {
      return String(repeating: " ", count: values.count)
    }
    return String(
      values.map { value -> Character in
        guard value.isFinite else { return " " }
        guard high > low else { return levels[levels.count / 2] }
        let level = (value - low) / (high - low) * Double(levels.count - 1)
        return levels[Int(level.rounded())]
      })
  }

  /// A horizontal bar of a part of `width` columns, in eighths of a column.
  package static func bar(_ part: Double, width: Int) -> String {
    let eighths = Array(" ▏▎▍▌▋▊▉")
    let filled = Int((min(1, max(0, part.isFinite ? part : 0)) * Double(width * 8)).rounded())
    var bar = String(repeating: "█", count: filled / 8)
    if filled % 8 > 0 { bar.append(eighths[filled % 8]) }
    return bar
  }

  /// One line for each value: its name, a bar as long as it is large, and the number.
  package static func bars(_ values: [(name: String, value: Double)], width: Int = 30) -> String {
    let widest = values.map(\.name.displayWidth).max() ?? 0
    let largest = values.map(\.value).filter(\.isFinite).max() ?? 0
    return values.map { name, value in
      let bar = bar(largest > 0 ? value / largest : 0, width: width)
      return "\(name.fitted(to: widest))  \(bar.fitted(to: width))  \(Format.metric(value))"
    }.joined(separator: "\n")
  }
}
