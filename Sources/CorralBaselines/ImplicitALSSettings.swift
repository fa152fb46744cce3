import CorralData

/// The settings of implicit alternating least squares: the `als` block of a settings file.
public struct ImplicitALSSettings: Sendable, Codable, Equatable {
  /// The loss to minimise.
  public enum Weighting: String, Sendable, Codable, CaseIterable {
    /// Observed pairs have target 1 and weight `alpha` times their own, all others target 0 and
    /// weight 1. Every row's regularisation is `lambda` (Hu and others, 2008, as the `implicit`
    /// library has it).
    case confidence
    /// Every pair is pulled towards 0 with weight `unobserved` (alpha0), and observed ones towards
    /// 1 with their own weight. A row's regularisation is `lambda n^exponent`, with `n = |observed|
    /// + alpha0 |all|` (Rendle and others, 2022).
    case frequencyScaled = "frequency-scaled"
  }

  /// The solver of each row's least squares problem.
  public enum Solver: String, Sendable, Codable, CaseIterable {
    /// Takes `steps` steps of conjugate gradients from the row's last solution: `O(dimension)` per
    /// interaction and step.
    case conjugateGradients = "conjugate-gradients"
    /// Solves exactly by Cholesky: `O(dimension^2)` per interaction, `O(dimension^3)` per row.
    case cholesky
    /// Solves exactly for one block of `blockSize` coordinates after another (iALS++, Rendle and
    /// others, 2021); for large dimensions.
    case blocks
  }

  /// The number of sweeps.
  ///
  /// Each solves all users, then all items.
  public var sweeps = 15
  /// The weight lambda of the squared norms.
  public var regularisation = 0.05
  /// The loss to minimise.
  public var weighting = Weighting.confidence
  /// The weight of an observed pair: `confidence` only.
  public var alpha = 10.0
  /// The weight of every pair: `frequency-scaled` only.
  public var unobserved = 0.1
  /// The power of a row's frequency in its regularisation: `frequency-scaled` only.
  public var exponent = 1.0
  /// The solver of each row's problem.
  public var solver = Solver.conjugateGradients
  /// The number of steps: `conjugate-gradients` only.
  public var steps = 3
  /// The number of coordinates in a block, a multiple of 16: `blocks` only.
  public var blockSize = 64

  /// The dimension of user and item vectors.
  ///
  /// Not a key of the block.
  public var dimension = 128
  /// The seed of the first vectors.
  ///
  /// Not a key of the block.
  public var seed: UInt64 = 0
  /// The expected norm of the first vectors.
  ///
  /// Not a key of the block.
  package var initialNorm = 0.1

  private enum CodingKeys: CodingKey {
    case sweeps, regularisation, weighting, alpha, unobserved, exponent, solver, steps, blockSize
  }

  /// Creates the defaults.
  ///
  /// Their confidence of 10 suits sparse logs better than dense ones.
  public init() {}

  /// Throws `SettingError` for the first setting that cannot be used.
  package func validate() throws {
    try SettingError.check("dimension", dimension, atLeast: 1)
    try SettingError.check("sweeps", sweeps, atLeast: 0)
    try SettingError.check("regularisation", regularisation, atLeast: 0)
    try SettingError.check("initialNorm", aboveZero: initialNorm)
    switch weighting {
    case .confidence: try SettingError.check("alpha", aboveZero: alpha)
    case .frequencyScaled:
      try SettingError.check("unobserved", unobserved, atLeast: 0)
      try SettingError.check(exponent.isFinite, "exponent", exponent, "give a finite number")
    }
    switch solver {
    case .conjugateGradients: try SettingError.check("steps", steps, atLeast: 1)
    case .cholesky: break
    case .blocks:
      try SettingError.check(
        blockSize > 0 && blockSize % 16 == 0, "blockSize", blockSize, "give a multiple of 16")
    }
  }
}
