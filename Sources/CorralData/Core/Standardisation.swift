/// How the numbers of a column become numbers around 0: `(number - mean) / deviation`.
package struct Standardisation: Sendable, Hashable {
  /// What becomes 0.
  package let mean: Double
  /// What becomes a distance of 1.
  package let deviation: Double

  /// The standardisation by these two; traps unless they are finite and the deviation is positive.
  package init(mean: Double, deviation: Double) {
    if !Self.isPossible(mean, deviation) {
      fatalError("Standardisation: mean \(mean) and deviation \(deviation) standardise nothing")
    }
    self.mean = mean
    self.deviation = deviation
  }

  /// That which gives known numbers mean 0 and variance 1, in O(numbers).
  ///
  /// Equal numbers have deviation 1, and without a known number the mean is 0.
  package init(of numbers: [Float]) {
    let known = numbers.lazy.filter { $0.isFinite }.map { Double($0) }
    let count = Double(max(known.reduce(into: 0) { count, _ in count += 1 }, 1))
    let mean = known.reduce(0, +) / count
    let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    self.init(mean: mean, deviation: variance > 0 ? variance.squareRoot() : 1)
  }

  /// Whether `init(mean:deviation:)` accepts these.
  package static func isPossible(_ mean: Double, _ deviation: Double) -> Bool {
    mean.isFinite && deviation.isFinite && deviation > 0
  }

  /// A number, standardised; 0 if it is unknown.
  package func callAsFunction(_ number: Float) -> Float {
    number.isFinite ? Float((Double(number) - mean) / deviation) : 0
  }
}
