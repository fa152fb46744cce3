package import CorralData

/// A set of items of one recommender, as one bit an item: what a filter allows or excludes.
///
/// Make a set once for each filter and use it in many requests: asking whether it holds an item
/// takes one look-up, whatever the filter was.
public struct ItemSet: Sendable, Equatable {
  /// Bit `i % 64` of word `i / 64` stands for item `i`.
  private var words: [UInt64]
  /// The number of items in the set.
  public private(set) var count = 0

  /// An empty set over a catalogue of some items.
  package init(catalogue: Int) {
    words = [UInt64](repeating: 0, count: (catalogue + 63) / 64)
  }

  /// Whether an item is in the set.
  package func contains(_ item: ItemIndex) -> Bool {
    let word = item.position >> 6
    return word < words.count && words[word] >> UInt64(item.position & 63) & 1 == 1
  }

  /// Adds an item of the catalogue.
  package mutating func insert(_ item: ItemIndex) {
    guard !contains(item) else { return }
    words[item.position >> 6] |= 1 << UInt64(item.position & 63)
    count += 1
  }

  /// The items that are in both sets.
  public func intersection(_ other: ItemSet) -> ItemSet {
    var both = self
    for word in words.indices {
      both.words[word] &= word < other.words.count ? other.words[word] : 0
    }
    both.count = both.words.reduce(0) { $0 + $1.nonzeroBitCount }
    return both
  }
}

extension Recommender {
  /// The set of some items by their ids.
  ///
  /// - Throws: `ServingError.unknownItems` for ids that the model does not have.
  public func items(_ ids: some Sequence<String>) throws -> ItemSet {
    var set = ItemSet(catalogue: items.count)
    var unknown: [String] = []
    for id in ids {
      if let position = items.position(of: id) {
        set.insert(ItemIndex(position))
      } else {
        unknown.append(id)
      }
    }
    if !unknown.isEmpty { throw unknownItems(unknown) }
    return set
  }

  /// The set of the items of which a feature holds a category: `items("genres", are: "Drama")`.
  ///
  /// Takes one pass over the feature.
  ///
  /// - Throws: `ServingError.unknownFeature` or `.unknownCategory`.
  public func items(_ feature: String, are category: String) throws -> ItemSet {
    guard case .categories(let rows, let names) = try column(feature) else {
      throw ServingError.unknownCategory(category, feature: feature, isNumber: true)
    }
    guard let wanted = names.position(of: category) else {
      throw ServingError.unknownCategory(category, feature: feature, isNumber: false)
    }
    var set = ItemSet(catalogue: items.count)
    for item in 0..<rows.count where rows[item].contains(Int32(wanted)) {
      set.insert(ItemIndex(item))
    }
    return set
  }

  /// The set of the items of which a feature is a number in a range: `items("price", in: 5...20)`.
  ///
  /// Takes one pass over the feature; items whose number is unknown are left out.
  ///
  /// - Throws: `ServingError.unknownFeature`, or `.unknownCategory` if it has no numbers.
  public func items(_ feature: String, in range: ClosedRange<Float>) throws -> ItemSet {
    guard case .numbers(let numbers) = try column(feature) else {
      throw ServingError.unknownCategory(
        "\(range.lowerBound) to \(range.upperBound)", feature: feature, isNumber: false)
    }
    var set = ItemSet(catalogue: items.count)
    for (item, number) in numbers.enumerated() where range.contains(number) {
      set.insert(ItemIndex(item))
    }
    return set
  }

  private func column(_ name: String) throws -> FeatureColumn.Values {
    guard let column = itemFeatures[name] else {
      throw ServingError.unknownFeature(name, known: itemFeatures.columns.map(\.name))
    }
    return column.values
  }
}
