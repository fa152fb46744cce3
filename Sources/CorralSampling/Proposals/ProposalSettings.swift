import CorralData

/// How joint training samples its candidates: the proposal `Q`, the `proposal` block of a settings
/// file.
public struct ProposalSettings: Codable, Sendable, Equatable {
  /// Where draws come from: any source but `in-batch`, `in-cluster` and `all`.
  public var kind = NegativeSource.multiIndex
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

  /// Throws `SettingError` for the first setting that no proposal can use.
  package func validate() throws {
    if !kind.isProposed { throw Self.undrawn(kind) }
    try SettingError.check("count", count, atLeast: 1)
    try SettingError.check(
      temperature >= 1e-6 && temperature.isFinite, "temperature", temperature,
      "give a number above 0, 0.000001 or more")
    try SettingError.check(
      (1...1024).contains(clusters), "clusters", clusters, "give 1 to 1024")
    try SettingError.check("pool", pool, atLeast: 1)
    try SettingError.check("exponent", exponent, atLeast: 0)
  }

  /// The error of a source that no proposal draws by.
  static func undrawn(_ kind: NegativeSource) -> SettingError {
    let reason =
      kind == .inCluster
      ? "only a retriever that is trained alone draws in the clusters of the block 'clusters'"
      : "its items are not drawn for each target"
    return SettingError(
      "kind", kind.rawValue, "\(reason); give \(NegativeSource.names(NegativeSource.proposed))")
  }
}
