import CorralData

/// How implicit alternating least squares is solved: the `als` block of a settings file.
public struct ImplicitALSSettings: Sendable, Codable, Equatable {
  /// What is minimised.
  public enum Weighting: String, Sendable, Codable, CaseIterable {
    /// Observed pairs have target 1 and weight `alpha` times their own, all others target 0 and
    /// weight 1; every row's regularisation is `lambda` (Hu and others, 2008, as the `implicit`
    /// library has it).
    case confidence
    /// Every pair is pulled towards 0 with weight `unobserved` (alpha0), observed ones towards 1
    /// with their own weight; a row's regularisation is `lambda n^exponent`, with
    /// `n = |observed| + alpha0 |all|` (Rendle and others, 2022).
    case frequencyScaled = "frequency-scaled"
  }

  /// How each row's least squares problem is solved.
  public enum Solver: String, Sendable, Codable, CaseIterable {
    /// By `steps` steps of conjugate gradients from the row's last solution: `O(dimension)` per
    /// interaction and step.
    case conjugateGradients = "conjugate-gradients"
    /// Exactly, by Cholesky: `O(dimension^2)` per interaction, `O(dimension^3)` per row.
    case cholesky
    /// Exactly for one block of `blockSize` coordinates after another (iALS++, Rendle and others,
    /// 2021), for large dimensions.
    case blocks
  }

  /// The number of sweeps; each solves all users, then all items.
  public var sweeps = 15
  /// The weight lambda of the squared norms.
  public var regularisation = 0.05
  /// What is minimised.
  public var weighting = Weighting.confidence
  /// The weight of an observed pair: `confidence` only.
  public var alpha = 10.0
  /// The weight of every pair: `frequency-scaled` only.
  public var unobserved = 0.1
  /// The power of a row's frequency in its regularisation: `frequency-scaled` only.
  public var exponent = 1.0
  /// How each row's problem is solved.
  public var solver = Solver.conjugateGradients
  /// The number of steps: `conjugate-gradients` only.
  public var steps = 3
  /// The number of coordinates in a block, a multiple of 16: `blocks` only.
  public var blockSize = 64

  /// The dimension of user and item vectors; no key of the block.
  public var dimension = 128
  /// The seed of the first vectors; no key of the block.
  public var seed: UInt64 = 0
  /// The expected norm of the first vectors; no key of the block.
  package var initialNorm = 0.1

  private enum CodingKeys: CodingKey {
    case sweeps, regularisation, weighting, alpha, unobserved, exponent, solver, steps, blockSize
  }

  /// The defaults: 128 dimensions, confidences of 10, which suit sparse logs better than dense ones.
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
