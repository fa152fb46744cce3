import CorralBaselines
import CorralData
import CorralVectors

/// A small random log: `users` rows of distinct items, some more popular than others.
func log(users: Int, items: Int, rate: Double = 0.2, seed: UInt64 = 1) -> Ragged<ItemIndex> {
  var rng = SeededGenerator(seed: seed)
  return Ragged(
    (0..<users).map { user in
      (0..<items)
        .filter { item in
          let popular = item < items / 4 ? 2.0 : 0.7
          return rng.uniform() < rate * popular || item == user % items
        }
        .map { ItemIndex($0) }
    })
}

/// Weight 1 for every interaction.
func ones(_ rows: Ragged<ItemIndex>) -> [Float] { [Float](repeating: 1, count: rows.values.count) }

/// A weighting of implicit ALS with the numbers that it reads.
enum Weighting: Sendable {
  case frequencyScaled(unobserved: Double, exponent: Double)
  case confidence(alpha: Double)
}

/// A solver of implicit ALS with the number that it reads.
enum Solver: Sendable {
  case cholesky
  case conjugateGradients(steps: Int)
  case blocks(size: Int)
}

/// Settings for small tests.
func settings(
  _ weighting: Weighting = .frequencyScaled(unobserved: 0.1, exponent: 1),
  dimension: Int = 8, regularisation: Double = 0.02, sweeps: Int = 5,
  solver: Solver = .cholesky
) -> ImplicitALSSettings {
  var settings = ImplicitALSSettings()
  switch weighting {
  case .frequencyScaled(let unobserved, let exponent):
    settings.weighting = .frequencyScaled
    (settings.unobserved, settings.exponent) = (unobserved, exponent)
  case .confidence(let alpha):
    settings.weighting = .confidence
    settings.alpha = alpha
  }
  settings.dimension = dimension
  settings.regularisation = regularisation
  settings.sweeps = sweeps
  switch solver {
  case .cholesky: settings.solver = .cholesky
  case .conjugateGradients(let steps):
    settings.solver = .conjugateGradients
    settings.steps = steps
  case .blocks(let size):
    settings.solver = .blocks
    settings.blockSize = size
  }
  settings.initialNorm = 1
  return settings
}

/// Runs a training to its end.
func trained(
  _ rows: Ragged<ItemIndex>, items: Int, _ settings: ImplicitALSSettings
) throws -> ImplicitALSTraining {
  var training = ImplicitALSTraining(
    rows, weights: ones(rows), itemCount: items, settings: settings)
  while try training.next() != nil {}
  return training
}

/// The inner product of two rows, in doubles.
func inner(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Double {
  zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// The largest difference between two matrices of the same shape.
func distance(_ left: Matrix, _ right: Matrix) -> Float {
  zip(left.values, right.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
