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
  public var dimension = 64
  /// The number of sweeps; each solves all users, then all items.
  public var sweeps = 15
  /// What is minimised.
  public var weighting = Weighting.confidence(alpha: 40)
  /// The weight lambda of the squared norms.
  public var regularisation = 0.05
  /// How each row's problem is solved.
  public var solver = Solver.conjugateGradients(steps: 3)
  /// The spread of the first vectors: their norms are about this large.
  public var initialNorm = 0.1
  /// The seed of the first vectors.
  public var seed: UInt64 = 0

  /// The defaults.
  public init() {}
}
