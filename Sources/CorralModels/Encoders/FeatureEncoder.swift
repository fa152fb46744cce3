import CorralData
import Torch

/// One feature of users or items as an embedding, `[rows, dimension]`.
///
/// Each category has an embedding; the embeddings of several are averaged (Covington and others,
/// 2016). Numbers are standardised, as their column says or over its rows, and multiply one learned
/// vector. A row without a value is zero. Rows and categories that the catalogue gets later are read
/// as those of the start. Parameter: `weight`, `[categories, dimension]` or `[dimension]`.
struct FeatureEncoder {
  private let catalogue: GrowingCatalogue
  private let subject: Subject
  private let position: Int
  private let kind: Kind

  /// Whose feature a column is.
  enum Subject {
    /// Users.
    case users
    /// Items.
    case items
  }

  private enum Kind {
    case categories(Embedding)
    case numbers(Tensor, Standardisation)
  }

  /// An encoder of the column at a position in the features of items or users.
  private init(
    _ position: Int, of catalogue: GrowingCatalogue, _ subject: Subject, dimension: Int,
    spread: Float, in scope: Parameters.Scope
  ) throws {
    self.catalogue = catalogue
    self.subject = subject
    self.position = position
    let column = subject.table(of: catalogue).columns[position]
    let spread = Initializer.normal(deviation: spread)
    switch column.values {
    case .categories(_, let vocabulary):
      kind = .categories(
        try Embedding(
          vocabulary.count, dimension, rows: subject.categories(of: column.name),
          initializer: spread, in: scope / column.name))
    case .numbers(let numbers):
      kind = .numbers(
        try (scope / column.name).parameter("weight", shape: [dimension], initializer: spread),
        column.standardisation ?? Standardisation(of: numbers))
    }
  }

  /// An encoder of each feature of users or items, each claiming under its column's name.
  static func all(
    of catalogue: GrowingCatalogue, _ subject: Subject, dimension: Int, spread: Float,
    in scope: Parameters.Scope
  ) throws -> [FeatureEncoder] {
    try subject.table(of: catalogue).columns.indices.map {
      try FeatureEncoder(
        $0, of: catalogue, subject, dimension: dimension, spread: spread, in: scope)
    }
  }

  /// The embeddings of some users or items by position; -1 is an unknown one.
  func callAsFunction(_ positions: [Int32]) -> Tensor {
    embeddings(of: positions, in: subject.table(of: catalogue))
  }

  /// The embeddings of all rows of a table with the columns of the catalogue, and its vocabularies.
  func callAsFunction(_ table: FeatureTable) -> Tensor {
    embeddings(of: Array(0..<Int32(table.count)), in: table)
  }

  private func embeddings(of positions: [Int32], in table: FeatureTable) -> Tensor {
    switch (kind, table.columns[position].values) {
    case (.categories(let table), .categories(let rows, _)):
      var bags = Bags(capacity: positions.count * 2, rows: positions.count)
      for position in positions {
        if position >= 0 { bags.indices += rows[Int(position)] }
        bags.close()
      }
      return bags.means(of: table)
    case (.numbers(let weight, let standardisation), .numbers(let numbers)):
      let standard = positions.map { $0 >= 0 ? standardisation(numbers[Int($0)]) : 0 }
      return Tensor(standard, shape: [standard.count, 1], device: weight.device) * weight
    default: fatalError("FeatureEncoder: a column has changed its kind")
    }
  }
}

extension FeatureEncoder.Subject {
  /// The features of these in a catalogue as it is now.
  fileprivate func table(of catalogue: GrowingCatalogue) -> FeatureTable {
    switch self {
    case .users: catalogue.value.users
    case .items: catalogue.value.items
    }
  }

  /// What the rows of a table of a column's categories stand for.
  fileprivate func categories(of column: String) -> ParameterRows {
    switch self {
    case .users: .userCategories(of: column)
    case .items: .itemCategories(of: column)
    }
  }
}
