/// The settings of implicit alternating least squares.
public struct ImplicitALSSettings: Sendable, Codable, Equatable {
  /// What is minimised.
  public enum Weighting: Sendable, Codable, Equatable {
    /// Every pair is pulled towards 0 with weight `unobserved` (alpha0), observed ones towards 1
    /// with their own weight; a row's regularisation is `lambda n^exponent`, with
    /// `n = |observed| + alpha0 |all|` (Rendle and others, 2022).
    case frequencyScaled(unobserved: Double, exponent: Double)
    /// Observed pairs have target 1 and weight `alpha` times their own, all others target 0 and
    /// weight 1; every row's regularisation is `lambda` (Hu and others, 2008, as the `implicit`
    /// library has it).
    case confidence(alpha: Double)
  }

  /// How each row's least squares problem is solved.
  public enum Solver: Sendable, Codable, Equatable {
    /// Exactly, by Cholesky: `O(dimension^2)` an interaction, `O(dimension^3)` a row.
    case cholesky
    /// By some steps of conjugate gradients from the row's last solution: `O(dimension)` an
    /// interaction and step.
    case conjugateGradients(steps: Int)
    /// Exactly for one block of coordinates after another (iALS++, Rendle and others, 2021), for
    /// large dimensions; `size` is a multiple of 16.
    case blocks(size: Int)
  }

  /// The dimension of user and item vectors.
  public var dimension = 128
  /// The number of sweeps; each solves all users, then all items.
  public var sweeps = 15
  /// What is minimised.
  public var weighting = Weighting.confidence(alpha: 10)
  /// The weight lambda of the squared norms.
  public var regularisation = 0.05
  /// How each row's problem is solved.
  public var solver = Solver.conjugateGradients(steps: 3)
  /// The spread of the first vectors: their norms are about this large.
  public var initialNorm = 0.1
  /// The seed of the first vectors.
  public var seed: UInt64 = 0

  /// The defaults: 128 dimensions, confidences of 10, which suit sparse logs better than dense ones.
  public init() {}

  /// Throws `BaselineError.setting` for the first setting that no training can make sense of.
  public func validate() throws {
    func check(_ holds: Bool, _ name: String, _ value: some Any, _ need: String) throws {
      guard holds else { throw BaselineError.setting(name, value: "\(value)", need: need) }
    }
    try check(dimension > 0, "dimension", dimension, "1 or more")
    try check(sweeps >= 0, "sweeps", sweeps, "0 or more")
    try check(
      regularisation.isFinite && regularisation >= 0, "regularisation", regularisation, "0 or more")
    try check(
      initialNorm.isFinite && initialNorm > 0, "initialNorm", initialNorm, "more than 0")
    switch weighting {
    case .frequencyScaled(let unobserved, let exponent):
      try check(
        unobserved.isFinite && unobserved >= 0, "weighting.unobserved", unobserved, "0 or more")
      try check(exponent.isFinite, "weighting.exponent", exponent, "a number")
    case .confidence(let alpha):
      try check(alpha.isFinite && alpha > 0, "weighting.alpha", alpha, "more than 0")
    }
    switch solver {
    case .cholesky: break
    case .conjugateGradients(let steps):
      try check(steps > 0, "solver.steps", steps, "1 or more")
    case .blocks(let size):
      try check(size > 0 && size % 16 == 0, "solver.size", size, "a multiple of 16")
    }
  }
}
