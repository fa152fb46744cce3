import CorralData

/// The feature of items that reads best beside a title: genres, or the first other category.
struct Genres {
  private let dataset: Dataset
  private let rows: Ragged<Int32>?
  private let names: Vocabulary

  /// The genres of a data set; texts are empty if it has none.
  init(_ dataset: Dataset) {
    self.dataset = dataset
    let columns = dataset.itemFeatures.columns.compactMap { column in
      if case .categories(let rows, let names) = column.values {
        (name: column.name, rows: rows, names: names)
      } else {
        nil
      }
    }
    let usual = ["genre", "genres", "class", "category", "categories"]
    let found = columns.first { usual.contains($0.name) } ?? columns.first
    rows = found?.rows
    names = found?.names ?? Vocabulary([])
  }

  /// The title of the item with an identifier, or that.
  func label(id: String) -> String {
    dataset.items.position(of: id).flatMap { dataset.title(of: ItemIndex($0)) } ?? id
  }

  /// The genres of an item, with commas between them.
  private func text(_ item: ItemIndex) -> String {
    rows?[item.position].map { names[Int($0)] }.joined(separator: ", ") ?? ""
  }

  /// The genres of the item with an identifier.
  func text(id: String) -> String {
    dataset.items.position(of: id).map { text(ItemIndex($0)) } ?? ""
  }
}
