import CorralData
package import CorralStore

/// What is known of users and items besides events: where a learner asks when it meets a new one.
package struct Descriptions {
  /// What is known of an item; `nil` for nothing.
  package var item: (String) throws -> ItemRecord?
  /// What is known of a user; `nil` for nothing.
  package var user: (String) throws -> UserRecord?

  /// Which of some users asked to be forgotten: nothing of them may be kept or learned.
  package var forgotten: (any Sequence<String>) throws -> Set<String>

  /// Descriptions that closures give.
  package init(
    item: @escaping (String) throws -> ItemRecord?, user: @escaping (String) throws -> UserRecord?,
    forgotten: @escaping (any Sequence<String>) throws -> Set<String>
  ) {
    self.item = item
    self.user = user
    self.forgotten = forgotten
  }

  /// Nothing is known of anybody.
  package static var none: Descriptions {
    Descriptions(item: { _ in nil }, user: { _ in nil }, forgotten: { _ in [] })
  }

  /// What a server was told, read beside it.
  package static func store(_ reader: StoreReader) -> Descriptions {
    Descriptions(
      item: { try reader.item($0) }, user: { try reader.user($0) },
      forgotten: { try reader.everForgotten(among: $0) })
  }
}

extension FeatureRow {
  /// The features of a record as the columns of a table take them, and the names of those that they
  /// do not.
  static func fitting(
    _ table: FeatureTable, _ features: [String: FeatureValue], categories: [String] = []
  ) -> (row: FeatureRow, unknown: [String]) {
    let told = features.mapValues { value -> ToldFeature in
      switch value {
      case .number(let number): .number(number)
      case .categories(let words): .categories(words)
      }
    }
    return fitting(table, told: told, categories: categories)
  }
}
