/// What negatives are drawn from, in cooperative training: the proposal `Q`.
public struct ProposalSettings: Codable, Sendable, Equatable {
  /// The kinds of proposal.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Every item alike.
    case uniform
    /// By a power of how often items are targets.
    case popularity
    /// The softmax of the retriever's scores, exactly: for small catalogues.
    case softmax
    /// The softmax of the retriever's scores, through an inverted multi-index: for any catalogue.
    case multiIndex = "multi-index"
    /// Uniform among the retriever's best `pool`.
    case topRand = "top-rand"
    /// Half so, half uniform over the catalogue.
    case topAndRand = "top-and-rand"
    /// Uniform in the target's cluster of the retriever's item vectors.
    case cluster
  }

  /// The kind of proposal.
  public var kind = Kind.multiIndex
  /// Negatives of each positive.
  public var count = 20
  /// What the retriever's scores are divided by: higher is closer to uniform.
  ///
  /// For `softmax` and `multi-index`.
  public var temperature: Float = 1
  /// Clusters of each half of the vectors of `multi-index`, and of the vectors of `cluster`.
  public var clusters = 32
  /// How many of the best items `top-rand` and `top-and-rand` draw among.
  public var pool = 100
  /// The power of the counts of `popularity`: 1 as they are, 0 uniform over the counted items.
  public var exponent = 1.0

  /// The defaults: 20 negatives through an inverted multi-index of 32 x 32 buckets.
  public init() {}

  /// Whether the proposal asks for the inner products of queries and items.
  public var needsInnerProducts: Bool {
    switch kind {
    case .uniform, .popularity, .cluster: false
    case .softmax, .multiIndex, .topRand, .topAndRand: true
    }
  }

  /// Throws `SamplingError.proposal` for the first setting that no proposal can make sense of.
  public func validate() throws {
    func check(_ holds: Bool, _ name: String, _ value: some Any, _ need: String) throws {
      guard holds else { throw SamplingError.proposal(name, value: "\(value)", need: need) }
    }
    try check(count > 0, "count", count, "1 or more")
    try check(
      temperature >= 1e-6 && temperature.isFinite, "temperature", temperature,
      "more than 0, 0.000001 at the least")
    try check((1...1024).contains(clusters), "clusters", clusters, "1 to 1024")
    try check(pool > 0, "pool", pool, "1 or more")
    try check(exponent >= 0 && exponent.isFinite, "exponent", exponent, "0 or more")
  }
}
