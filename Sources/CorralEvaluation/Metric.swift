/// A measure of the first k recommendations of every user.
public enum Measure: String, Sendable, Codable, CaseIterable {
  /// The share of a user's targets among the first k: hits / |targets|.
  case recall
  /// The same relative to what fits: hits / min(k, |targets|), so that 1 can always be reached.
  case cappedRecall = "capped-recall"
  /// The discounted gain of the hits, each 1 / log2(rank + 1), relative to that of a perfect list,
  /// whose first min(k, |targets|) ranks are hits.
  case ndcg
  /// One over the rank of the first hit, or 0 without a hit among the first k.
  case mrr
  /// 1 if at least one target is among the first k, else 0.
  case hit
  /// The share of head items among the first k: see `ItemGroup`.
  case popularity
  /// The share of the catalogue among the first k of at least one user.
  ///
  /// It is not a mean over users, so that it has no interval and no paired test.
  case coverage

  /// Whether the measure depends only on the ranks of a user's targets.
  package var isRankMeasure: Bool { self != .popularity && self != .coverage }
}

/// A measure at a cut-off, written `recall@10`.
public struct Metric: Sendable, Hashable {
  /// The measure.
  public let measure: Measure
  /// The number k of first recommendations that count.
  public let cutoff: Int

  /// Creates a measure of the first `cutoff` recommendations.
  public init(_ measure: Measure, at cutoff: Int) {
    if cutoff < 1 { fatalError("a metric needs a cut-off of 1 or more, not \(cutoff)") }
    self.measure = measure
    self.cutoff = cutoff
  }

  /// Reads a name such as `ndcg@10`; throws `EvaluationError.unknownMetric`.
  public init(named name: String) throws {
    guard let (measure, cutoff) = Self.parts(of: name), let measure = Measure(rawValue: measure)
    else { throw EvaluationError.unknownMetric(name) }
    self.init(measure, at: cutoff)
  }

  /// Returns the text before the `@` and the cut-off after it; `nil` for a text of another form.
  static func parts(of name: String) -> (measure: String, cutoff: Int)? {
    let parts = name.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let cutoff = Int(parts[1]), cutoff > 0 else { return nil }
    return (String(parts[0]), cutoff)
  }
}

extension Metric: CustomStringConvertible {
  /// The name: the measure, `@` and the cut-off.
  public var description: String { "\(measure.rawValue)@\(cutoff)" }
}

extension Metric: Codable {
  /// Reads a metric from its name.
  public init(from decoder: any Decoder) throws {
    try self.init(named: decoder.singleValueContainer().decode(String.self))
  }

  /// Writes a metric as its name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
