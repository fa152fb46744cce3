import Foundation

/// Student's t distribution.
package enum StudentT {
  /// Returns the probability of a value at least as far from 0 as `t`, on either side, with
  /// `freedom` degrees.
  package static func twoSided(_ t: Double, freedom: Double) -> Double {
    if freedom <= 0 || t.isNaN { return 1 }
    if t.isInfinite { return 0 }
    return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
  }

  /// Computes the regularised incomplete beta function I_x(a, b) by Lentz's continued fraction.
  package static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    // The fraction converges fast only on this side; the other side is its mirror image.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let logFront =
      lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)
    let tiny = 1e-300
    func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / away(1 - (a + b) * x / (a + 1))
    var fraction = d
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / away(1 + even * d)
      c = away(1 + even / c)
      fraction *= c * d
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / away(1 + odd * d)
      c = away(1 + odd / c)
      let change = c * d
      fraction *= change
      if abs(change - 1) < 1e-15 { break }
    }
    return exp(logFront) * fraction / a
  }
}
