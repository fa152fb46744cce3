import Foundation

/// A test of two rates that may be read after every observation: its errors stay below 5% however
/// often and by whatever rule somebody looks and stops.
///
/// The mixture sequential probability ratio test of Johari, Koomen, Pekelis and Walsh, "Peeking at
/// A/B Tests" (KDD 2017), for two streams of Bernoulli data with a normal mixture `N(0, tau^2)` of
/// differences. With `n` observations of each arm, rates `x` and `y`, and
/// `V = x(1 - x) + y(1 - y)`, the likelihood ratio of their section on Bernoulli data is
///
///     L(d) = sqrt(V / (V + n tau^2)) exp(n^2 tau^2 (y - x - d)^2 / (2 V (V + n tau^2)))
///
/// for the hypothesis that the difference is `d`. Written with the variance `s^2 = V / n` of the
/// difference it holds for arms of different sizes too, with `s^2 = x(1 - x)/m + y(1 - y)/n`:
///
///     L(d) = sqrt(s^2 / (s^2 + tau^2)) exp(tau^2 (y - x - d)^2 / (2 s^2 (s^2 + tau^2)))
///
/// `L(0)` is a martingale where the rates are equal, so that it ever reaches `1 / alpha` with a
/// probability of at most `alpha` (Ville, 1939). Hence `1 / L(0)` is an always-valid p-value, and the
/// differences with `L(d) < 1 / alpha` are a confidence sequence. The variance is an estimate, as in
/// the paper; its rates are drawn toward 1/2 by half a success and half a failure (Krichevsky and
/// Trofimov, 1981), so that the first observations, all alike, do not count as certain.
package struct SequentialTest: Sendable, Equatable {
  /// What two arms are to each other.
  package struct Reading: Sendable, Equatable {
    /// The rate of the first less that of the second.
    package var difference: Double
    /// The interval of the difference that holds at every reading.
    package var low: Double
    package var high: Double
    /// The always-valid p-value of no difference.
    ///
    /// The smallest that was ever read is valid as well.
    package var p: Double

    /// A reading of two arms.
    package init(difference: Double, low: Double, high: Double, p: Double) {
      self.difference = difference
      self.low = low
      self.high = high
      self.p = p
    }
  }

  /// The standard deviation `tau` of the differences that are expected, as a difference of rates.
  ///
  /// The test holds for every value that was fixed before the data were seen; it is fastest for
  /// differences about as large as this.
  package var spread: Double
  /// The probability of a false alarm, and one less the coverage of the interval.
  package var alpha: Double

  /// A test that expects differences of about one percentage point.
  package init(spread: Double = 0.01, alpha: Double = 0.05) {
    precondition(spread > 0 && alpha > 0 && alpha < 1, "a spread and a level between 0 and 1")
    self.spread = spread
    self.alpha = alpha
  }

  /// Compares two rates as they are now.
  package func compare(
    _ first: EngagementReport.Rate, _ second: EngagementReport.Rate
  ) -> Reading {
    guard first.shown > 0, second.shown > 0 else {
      return Reading(difference: 0, low: -1, high: 1, p: 1)
    }
    let difference = first.rate - second.rate
    let variance = Self.variance(first) + Self.variance(second)
    let total = variance + spread * spread
    let ratio = logRatio(difference: difference, variance: variance)
    // L(d) < 1 / alpha, solved for d.
    let half =
      (2 * variance * total / (spread * spread)
      * (log(1 / alpha) + 0.5 * log(total / variance))).squareRoot()
    return Reading(
      difference: difference, low: max(-1, difference - half), high: min(1, difference + half),
      p: min(1, exp(-ratio)))
  }

  /// The logarithm of the likelihood ratio of a measured difference of a variance against none.
  package func logRatio(difference: Double, variance: Double) -> Double {
    let total = variance + spread * spread
    return 0.5 * log(variance / total)
      + spread * spread * difference * difference / (2 * variance * total)
  }

  /// The variance of a measured rate; never 0.
  private static func variance(_ rate: EngagementReport.Rate) -> Double {
    let n = Double(rate.shown)
    let p = (Double(rate.engaged) + 0.5) / (n + 1)
    return p * (1 - p) / n
  }
}
