public import CorralData

extension ModelFolder {
  /// Writes the names and vocabularies of contexts, as features without a row; nothing where there
  /// are none.
  public func write(_ context: ContextTable, as file: String) throws {
    if context.isEmpty { return }
    let columns = context.schema.columns.map { column in
      switch column.values {
      case .categories(_, let vocabulary):
        FeatureColumn(
          name: column.name,
          values: .categories(Ragged(values: [], offsets: [0]), vocabulary: vocabulary))
      case .numbers: FeatureColumn(name: column.name, values: .numbers([]))
      }
    }
    try write(FeatureTable(count: 0, columns: columns), as: file)
  }
}

extension SavedModel {
  /// Reads the names and vocabularies of contexts; a model without any has none.
  public func context() throws -> ContextTable {
    guard contains(ModelFile.context) else { return ContextTable() }
    let columns = try features(ModelFile.context).columns.map { column in
      switch column.values {
      case .categories(_, let vocabulary):
        ContextColumn(name: column.name, values: .categories([], vocabulary: vocabulary))
      case .numbers: ContextColumn(name: column.name, values: .numbers([]))
      }
    }
    return ContextTable(count: 0, columns: columns)
  }
}
