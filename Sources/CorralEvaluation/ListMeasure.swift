/// A measure of the lists themselves, whatever was hit: of their variety, and of who is served.
///
/// All but `gini` are means over users. A user for whom a measure is not defined does not count in
/// its mean. Clusters are those of a partition of the items. Shares of a history count each
/// interaction.
package enum ListMeasure: String, Sendable, Codable, CaseIterable {
  /// The number of different clusters among the first k.
  ///
  /// It is the numerator of subtopic recall ("Beyond Independent Relevance", Zhai, Cohen and
  /// Lafferty, 2003).
  case clusters
  /// The entropy of the clusters of the first k, in nats: `-sum q ln q`, where q is a cluster's
  /// share of the list.
  case entropy
  /// The share of a user's minor clusters that the first k hold an item of.
  ///
  /// A cluster is minor if its share of the user's history is above 0 and below
  /// `ListMeasuring.minorShare`. Not defined for a user without minor clusters.
  case minorServed = "minor-served"
  /// The recall of the targets in clusters that are minor for their user.
  ///
  /// Not defined for a user without such targets.
  case minorRecall = "minor-recall"
  /// The Kullback-Leibler divergence of the list's clusters from the history's, in nats; 0 if
  /// their shares are the same.
  ///
  /// `sum p ln(p / q')`, where p is a cluster's share of the history, and q' is its share of the
  /// list, smoothed: `q' = 0.99 q + 0.01 p` ("Calibrated Recommendations", Steck, 2018, equations
  /// 1 and 2). At most ln 100. Not defined for a user without a history.
  case miscalibration
  /// The share of items outside the head among the first k: see `ItemGroup`.
  case tail
  /// The Gini coefficient of how often each item of the catalogue is among the first k of anyone.
  ///
  /// `sum (2 i - n - 1) x_i / (n sum x)` for counts x in rising order, i from 1 to n: 0 if all items
  /// are recommended equally often, nearly 1 if only one is ("Blockbuster Culture's Next Rise or
  /// Fall", Fleder and Hosanagar, 2009). It has no interval and no paired test.
  case gini
  /// The mean distance of two items among the first k: 1 minus the cosine of their vectors.
  ///
  /// It is 1 minus the intra-list similarity of "Improving Recommendation Lists Through Topic
  /// Diversification" (Ziegler and others, 2005), divided by the number of pairs. An item whose
  /// vector is 0 is at distance 1 from all. There is none for k = 1; it is 0 for a list of one item.
  case distance

  /// Whether the measure needs a partition of the items.
  package var needsClusters: Bool {
    switch self {
    case .clusters, .entropy, .minorServed, .minorRecall, .miscalibration: true
    case .tail, .gini, .distance: false
    }
  }

  /// Whether the measure needs vectors of the items.
  package var needsVectors: Bool { self == .distance }
}

/// A list measure at a cut-off, written `clusters@10`.
package struct ListMetric: Sendable, Hashable {
  /// The measure.
  package let measure: ListMeasure
  /// The number k of first recommendations that count.
  package let cutoff: Int

  /// Creates a measure of the first `cutoff` recommendations.
  package init(_ measure: ListMeasure, at cutoff: Int) {
    (self.measure, self.cutoff) = (measure, cutoff)
  }

  /// Reads a name such as `clusters@10`; `nil` for any other text.
  package init?(named name: String) {
    guard let (measure, cutoff) = Metric.parts(of: name),
      let measure = ListMeasure(rawValue: measure)
    else { return nil }
    self.init(measure, at: cutoff)
  }
}

extension ListMetric: CustomStringConvertible {
  /// The name: the measure, `@` and the cut-off.
  package var description: String { "\(measure.rawValue)@\(cutoff)" }
}

extension ListMetric: Codable {
  /// Reads a metric from its name.
  package init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let metric = ListMetric(named: name) else { throw EvaluationError.unknownMetric(name) }
    self = metric
  }

  /// Writes a metric as its name.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
