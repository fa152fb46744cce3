public import CorralData

/// Measures models by ranking the whole catalogue for every user with a target.
///
/// It is prepared once for a split and used for any number of models or epochs. Ties have one rule:
/// the higher score first, then the lower item position. The rank of a target is one more than the
/// number of items before it. Targets are a set: an item held out twice counts once. New items,
/// which have no interaction at all, are not ranked.
public struct FullRanking: Sendable {
  /// The settings of the evaluation.
  package let settings: EvaluationSettings
  /// The protocol, for reports.
  package internal(set) var protocolInUse: EvaluationProtocol

  /// The measured users, in rising order.
  let users: [UserIndex]
  /// Their distinct targets, in rising order of item.
  let targets: Ragged<ItemIndex>
  /// The items that they have already met, in rising order and possibly repeated.
  let histories: Ragged<Int32>
  /// The items that are not ranked for them: their histories, or empty rows if seen items are
  /// ranked.
  let masked: Ragged<Int32>
  /// The lengths of their histories.
  let historyLengths: [Int32]
  let itemGroups: [ItemGroup]
  /// The number of items that a model knows: the ranked ones, followed by new ones.
  let catalogueCount: Int
  let skippedUsers: Int
  let maskedTargets: Int

  /// Prepares the ranking of one held-out part of a split.
  ///
  /// Seen items are the histories before that part: training, and for the test part also the
  /// validation targets. Copies them and sorts each row.
  ///
  /// - Throws: `EvaluationError` if nothing is held out, and `SettingError` for a setting that
  ///   cannot be used.
  public init(
    of split: Split, part: HeldOut = .test, settings: EvaluationSettings = EvaluationSettings()
  ) throws {
    try settings.validate(itemCount: split.interactedItemCount)
    let heldOut = split.targets(part)
    let histories = split.histories(before: part)
    var users: [UserIndex] = []
    var targets = RaggedBuilder<ItemIndex>()
    var met = RaggedBuilder<Int32>()
    var historyLengths: [Int32] = []
    var maskedTargets = 0
    for user in 0..<split.userCount where !heldOut[user].isEmpty {
      users.append(UserIndex(user))
      targets.append(distinctSorted: heldOut[user])
      historyLengths.append(Int32(histories[user].count))
      met.append(sorted: histories[user].lazy.map(\.rawValue))
      if settings.seen == .masked { maskedTargets += Self.common(targets.last, met.last) }
    }
    guard !users.isEmpty else { throw EvaluationError.nothingHeldOut(part, rule: split.rule) }
    self.settings = settings
    self.users = users
    self.targets = targets.rows
    self.histories = met.rows
    masked =
      settings.seen == .masked
      ? met.rows
      : Ragged(values: [], offsets: [Int](repeating: 0, count: users.count + 1))
    self.historyLengths = historyLengths
    self.maskedTargets = maskedTargets
    itemGroups = ItemGroup.groups(counts: split.interactedItemCounts())
    catalogueCount = split.itemCount
    skippedUsers = split.userCount - users.count
    protocolInUse = EvaluationProtocol(
      split: split.rule, part: part, seen: settings.seen, items: split.interactedItemCount)
  }

  /// The number of items ranked for every user: those with an interaction.
  package var itemCount: Int { itemGroups.count }

  /// The number of measured users.
  package var userCount: Int { users.count }

  /// The number of users of the split, including those without targets.
  var splitUserCount: Int { users.count + skippedUsers }

  /// Counts the items of a sorted row without repeats that are also in another sorted row.
  private static func common(_ few: ArraySlice<ItemIndex>, _ many: ArraySlice<Int32>) -> Int {
    var position = many.startIndex
    var count = 0
    for item in few {
      while position < many.endIndex, many[position] < item.rawValue { position += 1 }
      if position < many.endIndex, many[position] == item.rawValue { count += 1 }
    }
    return count
  }
}

/// The protocol of an evaluation, for reports.
package struct EvaluationProtocol: Sendable, Hashable, Codable {
  /// The name of the split.
  package let split: String
  /// The held-out part.
  package let part: HeldOut
  /// Whether items already met were ranked.
  package let seen: EvaluationSettings.SeenItems
  /// The number of items ranked for every user: the whole catalogue.
  package let items: Int
  /// The number of clusters if each target was ranked among the items of its own cluster alone;
  /// `nil` if it was ranked among all.
  package internal(set) var clusters: Int?

  /// The items that a target was ranked among, in words.
  package var candidates: String {
    clusters.map { "the items in the target's cluster, one of \($0) clusters of \(items) items" }
      ?? "all \(items) items"
  }
}

/// Collects rows and sorts each as it is appended.
private struct RaggedBuilder<Element: Comparable & Sendable> {
  private var values: [Element] = []
  private var offsets = [0]

  var last: ArraySlice<Element> { values[(offsets.dropLast().last ?? 0)...] }
  var rows: Ragged<Element> { Ragged(values: values, offsets: offsets) }

  mutating func append(_ row: some Sequence<Element>) {
    values.append(contentsOf: row)
    offsets.append(values.count)
  }

  mutating func append(sorted row: some Sequence<Element>) {
    values.append(contentsOf: row)
    values[(offsets.last ?? 0)...].sort()
    offsets.append(values.count)
  }

  mutating func append(distinctSorted row: ArraySlice<Element>) {
    if row.count == 1 { return append(row) }
    var previous: Element?
    for element in row.sorted() where element != previous {
      values.append(element)
      previous = element
    }
    offsets.append(values.count)
  }
}
