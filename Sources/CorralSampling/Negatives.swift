public import CorralData

/// Negative items that a sampler drew, `[rows, count]`, with the probability of each.
public struct Negatives: Sendable, Equatable {
  /// The number of rows: one for each query, or a single one that all queries share.
  public let rows: Int
  /// The number of negatives of each row.
  public let count: Int
  /// The items, row after row; the same item may occur more than once.
  public let items: [ItemIndex]
  /// The natural logarithm of each item's probability in one draw, aligned with `items`.
  public let logProbabilities: [Float]

  /// Draws that are already laid out, row after row.
  public init(rows: Int, count: Int, items: [ItemIndex], logProbabilities: [Float]) {
    guard items.count == rows * count, logProbabilities.count == items.count else {
      fatalError(
        """
        [\(rows), \(count)] negatives need \(rows * count) items and probabilities, \
        not \(items.count) and \(logProbabilities.count)
        """)
    }
    self.rows = rows
    self.count = count
    self.items = items
    self.logProbabilities = logProbabilities
  }
}
