import CorralService
import CorralVectors
import Foundation
import Testing

struct `the sequential test` {
  private typealias Rate = EngagementReport.Rate

  @Test func `has the closed form of the mixture's integral`() {
    var rng = SeededGenerator(seed: 2)
    for _ in 0..<50 {
      let test = SequentialTest(spread: 0.002 + 0.05 * rng.uniform())
      let variance = pow(0.001 + 0.03 * rng.uniform(), 2)
      let measured = 0.1 * (rng.uniform() - 0.5)
      // The likelihood ratio of a difference against none, averaged over N(0, spread^2).
      let (steps, width) = (40_000, 20 * test.spread)
      var integral = 0.0
      for step in 0..<steps {
        let d = (Double(step) + 0.5) / Double(steps) * 2 * width - width
        let ratio = exp((measured * measured - pow(measured - d, 2)) / (2 * variance))
        let density =
          exp(-d * d / (2 * test.spread * test.spread)) / (test.spread * (2 * .pi).squareRoot())
        integral += ratio * density * 2 * width / Double(steps)
      }
      let closed = exp(test.logRatio(difference: measured, variance: variance))
      #expect(abs(closed / integral - 1) < 1e-6)
    }
  }

  @Test func `is the paper's formula for arms of the same size`() {
    // V and n as Johari and others write them; the estimate of V is drawn toward 1/2 by half a count.
    let (n, x, y, tau) = (5000, 420, 510, 0.01)
    func drawn(_ count: Int) -> Double { (Double(count) + 0.5) / (Double(n) + 1) }
    let v = drawn(x) * (1 - drawn(x)) + drawn(y) * (1 - drawn(y))
    let gap = Double(y - x) / Double(n)
    let nn = Double(n)
    let paper =
      (v / (v + nn * tau * tau)).squareRoot()
      * exp(nn * nn * tau * tau * gap * gap / (2 * v * (v + nn * tau * tau)))
    let reading = SequentialTest(spread: tau).compare(
      Rate(shown: n, engaged: y), Rate(shown: n, engaged: x))
    #expect(abs(reading.p - 1 / paper) < 1e-9)
    #expect(abs(reading.difference - gap) < 1e-15)
  }

  @Test func `rejects no difference exactly when the interval does not hold it`() {
    var rng = SeededGenerator(seed: 4)
    var rejected = 0
    for _ in 0..<2000 {
      let (m, n) = (1 + rng.next(below: 20_000), 1 + rng.next(below: 20_000))
      let reading = SequentialTest().compare(
        Rate(shown: m, engaged: rng.next(below: m + 1) / 8),
        Rate(shown: n, engaged: rng.next(below: n + 1) / 8))
      #expect((reading.p < 0.05) == (reading.low > 0 || reading.high < 0))
      #expect(reading.low <= reading.difference && reading.difference <= reading.high)
      #expect(reading.p > 0 || reading.difference != 0)
      if reading.p < 0.05 { rejected += 1 }
    }
    #expect((200...1900).contains(rejected), "both kinds are among the cases: \(rejected)")
  }

  @Test func `knows nothing before anything was shown`() {
    let reading = SequentialTest().compare(
      Rate(shown: 0, engaged: 0), Rate(shown: 10, engaged: 3))
    #expect(reading == .init(difference: 0, low: -1, high: 1, p: 1))
  }

  @Test func `does not take the first observations for certain`() {
    for n in 1...5 {
      let reading = SequentialTest().compare(
        Rate(shown: n, engaged: n), Rate(shown: n, engaged: 0))
      #expect(reading.p > 0.05)
    }
  }

  /// What many experiments conclude that are read after every step.
  private struct Peeking {
    /// The share that the sequential test ends with a difference.
    var sequential = 0.0
    /// The share that a z-test of 5% ends with a difference at some reading.
    var naive = 0.0
    /// The share of intervals that hold the true difference at every reading.
    var covered = 0.0
  }

  private static func peeking(
    _ p: Double, _ q: Double, seed: UInt64, runs: Int, readings: Int, step: Int
  ) -> Peeking {
    var rng = SeededGenerator(seed: seed)
    var found = Peeking()
    for _ in 0..<runs {
      var (x, y, smallest, naive, covered) = (0, 0, 1.0, false, true)
      for reading in 1...readings {
        for _ in 0..<step {
          if rng.uniform() < p { x += 1 }
          if rng.uniform() < q { y += 1 }
        }
        let n = reading * step
        let now = SequentialTest().compare(Rate(shown: n, engaged: x), Rate(shown: n, engaged: y))
        smallest = min(smallest, now.p)
        covered = covered && now.low <= p - q && p - q <= now.high
        let pooled = Double(x + y) / Double(2 * n)
        let error = (pooled * (1 - pooled) * 2 / Double(n)).squareRoot()
        if error > 0, abs(now.difference) / error > 1.96 { naive = true }
      }
      found.sequential += smallest < 0.05 ? 1 / Double(runs) : 0
      found.naive += naive ? 1 / Double(runs) : 0
      found.covered += covered ? 1 / Double(runs) : 0
    }
    return found
  }

  @Test(arguments: [0.5, 0.1, 0.02])
  func `stays below 5% false alarms under peeking, where a z-test does not`(p: Double) {
    let found = Self.peeking(p, p, seed: 7, runs: 400, readings: 100, step: 100)
    // 400 runs have a standard error of 1.1 points at 5%.
    #expect(found.sequential <= 0.05)
    #expect(found.covered >= 0.95)
    #expect(found.naive > 0.2)
  }

  @Test func `finds a true difference`() {
    let found = Self.peeking(0.12, 0.1, seed: 8, runs: 200, readings: 100, step: 200)
    #expect(found.sequential > 0.9)
    #expect(found.covered >= 0.95)
  }
}
