package import CorralBaselines

/// How implicit ALS is solved: the `als` block of a settings file.
///
/// Its dimension is `retriever.dimension` and its seed `train.seed`.
package struct ALSBlock: Codable, Equatable, Sendable {
  /// What is minimised.
  package enum Weighting: String, Codable, CaseIterable, Sendable {
    /// Observed pairs weigh `alpha` times their own weight, all others 1 (Hu and others, 2008).
    case confidence
    /// All pairs weigh `unobserved`, observed ones their own weight besides, and regularisation
    /// grows with frequency (Rendle and others, 2022).
    case frequencyScaled = "frequency-scaled"
  }

  /// How each row is solved.
  package enum Solver: String, Codable, CaseIterable, Sendable {
    /// By `steps` steps of conjugate gradients.
    case conjugateGradients = "conjugate-gradients"
    /// Exactly.
    case cholesky
    /// Exactly for blocks of `blockSize` coordinates, one after the other.
    case blocks
  }

  /// Sweeps; each solves all users, then all items.
  package var sweeps = ImplicitALSSettings().sweeps
  /// The weight of the squared norms.
  package var regularisation = ImplicitALSSettings().regularisation
  /// What is minimised.
  package var weighting = Weighting.confidence
  /// The weight of an observed pair: `confidence` only.
  package var alpha = 10.0
  /// The weight of every pair: `frequency-scaled` only.
  package var unobserved = 0.1
  /// The power of a row's frequency in its regularisation: `frequency-scaled` only.
  package var exponent = 1.0
  /// How each row is solved.
  package var solver = Solver.conjugateGradients
  /// The steps of conjugate gradients.
  package var steps = 3
  /// The size of a block: a multiple of 16.
  package var blockSize = 64

  /// The defaults.
  package init() {}

  /// The library's settings, with what other blocks say.
  package func settings(dimension: Int, seed: UInt64) -> ImplicitALSSettings {
    var settings = ImplicitALSSettings()
    settings.dimension = dimension
    settings.sweeps = sweeps
    settings.regularisation = regularisation
    settings.weighting =
      switch weighting {
      case .confidence: .confidence(alpha: alpha)
      case .frequencyScaled: .frequencyScaled(unobserved: unobserved, exponent: exponent)
      }
    settings.solver =
      switch solver {
      case .conjugateGradients: .conjugateGradients(steps: steps)
      case .cholesky: .cholesky
      case .blocks: .blocks(size: blockSize)
      }
    settings.seed = seed
    return settings
  }
}
