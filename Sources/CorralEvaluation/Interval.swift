/// A mean over users with its confidence interval.
public struct Interval: Sendable, Hashable, Codable {
  /// The mean.
  public let mean: Double
  /// The lower end of the 95% interval; the mean if there is no interval.
  public let low: Double
  /// The upper end of the 95% interval; the mean if there is no interval.
  public let high: Double

  /// Creates a mean with its interval; without ends it has none.
  package init(mean: Double, low: Double? = nil, high: Double? = nil) {
    self.mean = mean
    self.low = low ?? mean
    self.high = high ?? mean
  }
}
