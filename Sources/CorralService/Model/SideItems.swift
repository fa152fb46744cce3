import CorralData
import CorralServing
import CorralStore
import Synchronization

/// Keeps the side list of one model up with what the service is told of items.
///
/// All vectors are made with the weights of the model itself, so that an answer is never of two models. A
/// model that cannot place items by their features has an empty list.
final class SideItems: Sendable {
  /// The most items of a list, since each answer looks at all of them.
  static let most = 10_000

  private struct State {
    var list = SideList()
    /// The changes of items that it knows; -1 before the first.
    var revision = -1
    /// What the service was told of items until then.
    var told = -1
    var wasFull = false
  }

  private let recommender: Recommender
  private let numbers: ItemNumbers
  private let state = Mutex(State())
  /// Whoever places items; the others wait, so that none is placed by what was known before.
  private let turn = Mutex<Void>(())

  /// The list of a model, empty until it first follows.
  init(_ recommender: Recommender, numbers: ItemNumbers) {
    self.recommender = recommender
    self.numbers = numbers
  }

  /// The list now.
  var list: SideList { state.withLock { $0.list } }

  /// Whether the list knows all that the service was told of items.
  func isUpToDate(_ live: LiveState.State) -> Bool {
    recommender.retriever.placing == nil || state.withLock { $0.told } == live.told
  }

  /// Places what changed since the list was last brought up to date: one pass of the model's item tower,
  /// outside of all locks that answers need.
  ///
  /// - Returns: whether the list became full, which is said once.
  func follow(_ live: LiveState) -> Bool {
    guard recommender.retriever.placing != nil else { return false }
    return turn.withLock { _ in
      let old = state.withLock { (list: $0.list, revision: $0.revision) }
      let news = live.withState { state in
        let changed = state.changes(since: old.revision)
        return News(
          revision: state.revision, told: state.told, keys: changed ?? Array(state.records.keys),
          areAll: changed == nil)
      }
      let (list, dropped) = changed(old.list, by: news, live)
      return state.withLock { state in
        (state.list, state.revision, state.told) = (list, news.revision, news.told)
        defer { state.wasFull = state.wasFull || dropped > 0 }
        return dropped > 0 && !state.wasFull
      }
    }
  }

  /// What the service was told since a revision.
  private struct News: Sendable {
    let revision: Int
    let told: Int
    /// The items that changed; all that have a record where the revision is too long ago.
    let keys: [LiveKey]
    let areAll: Bool
  }

  private func changed(
    _ list: SideList, by news: News, _ live: LiveState
  ) -> (list: SideList, dropped: Int) {
    let keys = Set(news.keys)
    var gone = news.areAll ? Set(list.entries.lazy.map(\.key)).subtracting(keys) : []
    var described: [SideList.Entry] = []
    func look(at key: LiveKey, _ record: ItemRecord?) {
      guard let record, !record.isHidden else {
        gone.insert(key)
        return
      }
      let told = FeatureRow.fitting(recommender.itemFeatures, record)
      if let entry = list.entry(of: key), entry.told == told { return }
      described.append(
        SideList.Entry(key: key, item: numbers.position(of: key), told: told))
    }
    // Items that became known later have larger numbers. Records are taken some at a time, so that answers
    // do not wait; one that changes meanwhile is looked at again the next time.
    let sorted = keys.sorted()
    for start in stride(from: 0, to: sorted.count, by: 4096) {
      let part = sorted[start..<min(start + 4096, sorted.count)]
      let records = live.withState { state in part.map { state.records[$0] } }
      for (key, record) in zip(part, records) { look(at: key, record) }
    }
    var added: [(entry: SideList.Entry, vector: [Float])] = []
    // The newest ones are placed, and no more of them than there is room for.
    var rest = described[...]
    var dropped = 0
    while !rest.isEmpty, added.count < Self.most {
      let part = rest.suffix(Self.block)
      rest = rest.dropLast(part.count)
      let items = part.map { DescribedItem(item: $0.item, told: $0.told) }
      for (entry, placement) in zip(part, recommender.placements(of: items) ?? []).reversed() {
        switch placement {
        case .at(let vector): added.append((entry, vector))
        case .asBefore, .nowhere: gone.insert(entry.key)
        }
      }
    }
    if !rest.isEmpty {
      // They are where the model has them, if it does.
      gone.formUnion(rest.lazy.map(\.key))
      dropped = rest.count
    }
    gone = gone.filter(list.contains)
    if gone.isEmpty, added.isEmpty { return (list, dropped) }
    let changed = list.changed(removing: gone, adding: added.reversed(), most: Self.most)
    return (changed.list, changed.dropped + dropped)
  }

  /// How many items go through the tower at once.
  private static let block = 1024
}

extension FeatureRow {
  /// What a record says of an item, as the columns of a model take it.
  fileprivate static func fitting(_ table: FeatureTable, _ record: ItemRecord) -> FeatureRow {
    let told = record.features.mapValues { value -> ToldFeature in
      switch value {
      case .number(let number): .number(number)
      case .categories(let words): .categories(words)
      }
    }
    return fitting(table, told: told, categories: record.categories).row
  }
}
