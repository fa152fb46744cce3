import Foundation

/// An axis with ticks at round numbers, 1, 2 or 5 times a power of ten apart.
struct ChartAxis: Equatable {
  /// The first tick.
  let low: Double
  /// The last tick.
  let high: Double
  /// The ticks, from `low` to `high`.
  let ticks: [Double]
  private let decimals: Int

  /// Creates an axis that holds all values, with about as many ticks as are wanted; from 0 to 1
  /// without values.
  init(_ values: [Double], ticks wanted: Int) {
    var least = values.min() ?? 0
    var most = values.max() ?? 1
    let size = max(abs(least), abs(most))
    if most - least <= size * 1e-9 {
      // One value alone stands in the middle, and so do those that no tick could tell apart.
      let margin = size == 0 ? 1 : size / 10
      (least, most) = (least - margin, most + margin)
    }
    let step = Self.step(atLeast: (most - least) / Double(max(1, wanted)))
    let first = (least / step).rounded(.down)
    let last = (most / step).rounded(.up)
    ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
    low = first * step
    high = last * step
    decimals = max(0, -Int(log10(step).rounded(.down)))
  }

  /// Returns the place of a value, 0 at the first tick and 1 at the last.
  func place(of value: Double) -> Double { (value - low) / (high - low) }

  /// Returns the text of a tick, with the digits that tell it from its neighbours.
  func label(_ tick: Double) -> String {
    abs(tick) >= 1e7 || decimals > 7
      ? String(format: "%.3g", tick) : String(format: "%.\(decimals)f", tick + 0)
  }

  /// Returns the smallest of 1, 2 and 5 times a power of ten that is not below a bound.
  private static func step(atLeast bound: Double) -> Double {
    let power = pow(10, log10(bound).rounded(.down))
    // Rounding must not turn a bound of 2 into a step of 5.
    return [1, 2, 5].map { $0 * power }.first { $0 >= bound * (1 - 1e-9) } ?? 10 * power
  }
}
