import CorralData
import CorralServing
import CorralStore
import Synchronization

/// The sets of items that the conditions of filters let through, over one model and the records.
///
/// A set is made at its first use, by one pass over the model's column. Later uses only look at the
/// items that changed since.
final class Filters: Sendable {
  private struct Made: Sendable {
    var revision: Int
    var set: KeySet
  }
  private struct Name: Hashable, Sendable {
    let feature: ExactText
    let condition: Filter.Condition
  }

  private let features: FeatureTable
  private let numbers: ItemNumbers
  private let category: FeatureColumn?
  private let made = Mutex<[Name: Made]>([:])
  /// How many sets are kept at most.
  private static let most = 256

  /// The filters over the items of a model.
  init(_ recommender: Recommender, numbers: ItemNumbers) {
    features = recommender.itemFeatures
    self.numbers = numbers
    let table = recommender.itemFeatures
    category = ["category", "categories", "genre", "genres"].lazy.compactMap { table[$0] }.first
  }

  /// The names that a filter can have besides those of records.
  var names: [String] { features.columns.map(\.name) }

  /// The column of the model that a name of a filter means; `nil` where there is none.
  func column(_ name: String) -> FeatureColumn? {
    features[name] ?? (name == Filter.category ? category : nil)
  }

  /// The categories of an item of the model.
  func categories(of item: ItemIndex) -> [String] {
    if case .categories(let names) = category.flatMap({ $0.value(of: item) }) { names } else { [] }
  }

  /// The features of an item of the model by their names.
  func features(of item: ItemIndex) -> [String: FeatureValue] {
    var values: [String: FeatureValue] = [:]
    for column in features.columns { values[column.name] = column.value(of: item) }
    return values
  }

  /// The sets of a filter's conditions, all of which an item must be in.
  ///
  /// - Throws: `ServiceError.badField` for a feature that no item has.
  func sets(of filter: Filter, _ live: LiveState) throws -> [KeySet] {
    try filter.conditions.sorted { $0.key < $1.key }.map { name, condition in
      try set(name, condition, live)
    }
  }

  private func set(
    _ name: String, _ condition: Filter.Condition, _ live: LiveState
  ) throws -> KeySet {
    let column = column(name)
    let place = Name(feature: ExactText(name), condition: condition)
    let old = made.withLock { $0[place] }
    let changes = live.withState { state in
      Changes(
        revision: state.revision,
        isNamed: name == Filter.category || state.featureNames.contains(ExactText(name)),
        since: old.flatMap { state.changes(since: $0.revision) }
          .map { keys in keys.map { ($0, state.records[$0]) } },
        records: old?.revision == state.revision ? [:] : state.records)
    }
    guard changes.isNamed || column != nil else {
      throw ServiceError.badField(
        "filter.\(name)",
        reason: "items have no such feature"
          + (names.isEmpty ? "" : "; they have \(names.joined(separator: ", "))"))
    }
    if let old, old.revision == changes.revision { return old.set }
    var fresh: Made
    if let old, let since = changes.since {
      fresh = old
      for (key, record) in since {
        let value =
          record?.value(of: name)
          ?? numbers.position(of: key).flatMap { column?.value(of: $0) }
        fresh.set.set(key, value.map(condition.holds) ?? false)
      }
    } else {
      fresh = Made(revision: 0, set: base(column, condition))
      for (key, record) in changes.records {
        if let value = record.value(of: name) { fresh.set.set(key, condition.holds(value)) }
      }
    }
    fresh.revision = changes.revision
    made.withLock { [fresh] made in
      if made.count >= Self.most, made[place] == nil, let any = made.keys.first { made[any] = nil }
      made[place] = fresh
    }
    return fresh.set
  }

  /// What happened to the items since a set was made.
  private struct Changes: Sendable {
    let revision: Int
    /// Whether a record has the feature.
    let isNamed: Bool
    /// The items that changed, with their records; `nil` where that is too long ago.
    let since: [(LiveKey, ItemRecord?)]?
    let records: [LiveKey: ItemRecord]
  }

  /// The items of the model that a condition lets through: one pass over a column.
  private func base(_ column: FeatureColumn?, _ condition: Filter.Condition) -> KeySet {
    var set = KeySet(capacity: numbers.keys.count)
    switch (column?.values, condition) {
    case (.categories(let rows, let vocabulary), .oneOf(let names)):
      let wanted = Set(names.compactMap { vocabulary.position(of: $0).map(Int32.init) })
      if wanted.isEmpty { break }
      for item in 0..<rows.count where rows[item].contains(where: wanted.contains) {
        set.set(numbers.keys[item], true)
      }
    case (.numbers(let values), _):
      for (item, value) in values.enumerated()
      where !value.isNaN && condition.holds(.number(Double(value))) {
        set.set(numbers.keys[item], true)
      }
    case (.categories, .range), (nil, _): break
    }
    return set
  }
}

extension Filter.Condition {
  /// Whether a value meets the condition.
  func holds(_ value: FeatureValue) -> Bool {
    switch (self, value) {
    case (.oneOf(let names), .categories(let own)): own.contains(where: names.containsExactly)
    case (.oneOf(let names), .number(let number)): names.contains { Double($0) == number }
    case (.range(let least, let most), .number(let number)):
      number >= least ?? -.infinity && number <= most ?? .infinity
    case (.range, .categories): false
    }
  }
}

extension ItemRecord {
  /// What a record says about a feature or the categories; `nil` where it says nothing.
  func value(of name: String) -> FeatureValue? {
    if name == Filter.category, !categories.isEmpty { return .categories(categories) }
    return features[name]
  }
}

extension FeatureColumn {
  /// The value of one item; `nil` for an unknown one.
  func value(of item: ItemIndex) -> FeatureValue? {
    guard item.position < count else { return nil }
    switch values {
    case .categories(let rows, let vocabulary):
      let names = rows[item.position].map { vocabulary[Int($0)] }
      return names.isEmpty ? nil : .categories(names)
    case .numbers(let numbers):
      let number = numbers[item.position]
      return number.isNaN ? nil : .number(Double(number))
    }
  }
}
