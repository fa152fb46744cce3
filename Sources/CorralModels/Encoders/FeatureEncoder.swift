import CorralData
import Torch

/// One feature of users or items as an embedding, `[rows, dimension]`.
///
/// Each category has an embedding; the embeddings of several are averaged (Covington and others,
/// 2016). Numbers are standardised over the table and multiply one learned vector. A row without a
/// value is zero. Parameter: `weight`, `[categories, dimension]` or `[dimension]`.
struct FeatureEncoder {
  private let kind: Kind

  /// Whose feature a column is.
  enum Subject {
    /// Users.
    case users
    /// Items.
    case items
  }

  private enum Kind {
    case categories(Embedding, Ragged<Int32>)
    case numbers(Tensor, standardised: [Float])
  }

  /// An encoder of one column of items or users.
  init(
    _ column: FeatureColumn, of subject: Subject, dimension: Int, spread: Float,
    in scope: Parameters.Scope
  ) throws {
    let spread = Initializer.normal(deviation: spread)
    switch column.values {
    case .categories(let rows, let vocabulary):
      kind = .categories(
        try Embedding(
          vocabulary.count, dimension,
          rows: subject == .items ? .itemCategories(of: column.name) : .other,
          initializer: spread, in: scope), rows)
    case .numbers(let numbers):
      kind = .numbers(
        try scope.parameter("weight", shape: [dimension], initializer: spread),
        standardised: Self.standardised(numbers))
    }
  }

  /// An encoder of each column of a table, each claiming under its column's name.
  static func all(
    of table: FeatureTable, of subject: Subject, dimension: Int, spread: Float,
    in scope: Parameters.Scope
  ) throws -> [FeatureEncoder] {
    try table.columns.map {
      try FeatureEncoder(
        $0, of: subject, dimension: dimension, spread: spread, in: scope / $0.name)
    }
  }

  /// The embeddings of some users or items by position; -1 is an unknown one.
  func callAsFunction(_ positions: [Int32]) -> Tensor {
    switch kind {
    case .categories(let table, let rows):
      var bags = Bags(capacity: positions.count * 2, rows: positions.count)
      for position in positions {
        if position >= 0 { bags.indices += rows[Int(position)] }
        bags.close()
      }
      return bags.means(of: table)
    case .numbers(let weight, let standardised):
      let numbers = positions.map { $0 >= 0 ? standardised[Int($0)] : 0 }
      return Tensor(numbers, shape: [numbers.count, 1], device: weight.device) * weight
    }
  }

  /// Numbers scaled so that the known ones have mean 0 and variance 1; 0 for unknown ones.
  private static func standardised(_ numbers: [Float]) -> [Float] {
    let known = numbers.lazy.filter { $0.isFinite }.map { Double($0) }
    let count = Double(max(known.reduce(into: 0) { count, _ in count += 1 }, 1))
    let mean = known.reduce(0, +) / count
    let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let deviation = variance > 0 ? variance.squareRoot() : 1
    return numbers.map { $0.isFinite ? Float((Double($0) - mean) / deviation) : 0 }
  }
}
