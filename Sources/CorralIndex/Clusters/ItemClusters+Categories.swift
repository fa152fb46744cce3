package import CorralData

extension ItemClusters {
  /// Which of its categories an item of several belongs to.
  package enum CategoryRule: String, Codable, Sendable, CaseIterable {
    /// The one that is listed first.
    case first
    /// The one that the fewest items have.
    case rarest
  }

  /// The name of the cluster of items without a category.
  package static let noCategory = "(none)"
  /// The name of the cluster that small categories become part of.
  package static let otherCategories = "(other)"

  /// Clusters items by a categorical feature, in the order of its vocabulary.
  ///
  /// Items without a category have a cluster of their own, named "(none)". Categories with fewer
  /// than `smallest` items become one cluster, "(other)", which takes in the next smallest category
  /// while it is too small itself.
  ///
  /// Throws `SettingError` for a column of numbers, at the key `feature`.
  package init(
    column: FeatureColumn, rule: CategoryRule = .first, smallest: Int = 1, origin: String? = nil
  ) throws {
    guard case .categories(let rows, let vocabulary) = column.values else {
      throw SettingError(
        "feature", text: column.name, "it is a column of numbers; name one of categories")
    }
    let categories = vocabulary.count
    var frequency = [Int](repeating: 0, count: categories)
    for item in 0..<rows.count { for category in Set(rows[item]) { frequency[Int(category)] += 1 } }
    let chosen = (0..<rows.count).map { item -> Int in
      let own = rows[item].lazy.map(Int.init)
      return switch rule {
      case .first: own.first ?? categories
      case .rarest: own.min { frequency[$0] < frequency[$1] } ?? categories
      }
    }
    var sizes = [Int](repeating: 0, count: categories + 1)
    for category in chosen { sizes[category] += 1 }
    let small = Self.small(sizes, smallest: smallest)
    let kept = sizes.indices.filter { sizes[$0] > 0 && !small.contains($0) }
    var names = kept.map { $0 < categories ? vocabulary[$0] : Self.noCategory }
    if !small.isEmpty || names.isEmpty { names.append(Self.otherCategories) }
    var cluster = [Int32](repeating: Int32(names.count - 1), count: sizes.count)
    for (position, category) in kept.enumerated() { cluster[category] = Int32(position) }
    self.init(
      partition: Partition(clusters: chosen.map { cluster[$0] }, count: names.count), names: names,
      vectors: nil, centres: nil,
      origin: origin ?? "the categories of '\(column.name)'",
      merged: max(0, small.count - 1))
  }

  /// The categories that become one cluster, which has `smallest` items if all of them have.
  private static func small(_ sizes: [Int], smallest: Int) -> Set<Int> {
    let rising = sizes.indices.filter { sizes[$0] > 0 }.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
    var small: Set<Int> = []
    var items = 0
    for category in rising {
      guard sizes[category] < smallest || !small.isEmpty && items < smallest else { break }
      small.insert(category)
      items += sizes[category]
    }
    return small
  }
}
