import CorralData
import CorralServing
import CorralStore
import CorralVectors
import Foundation
import Synchronization

/// A model that serves: its recommender, its version, and its items as the service numbers them.
///
/// Nothing of it changes but sets that are made once and kept. A request takes it once, at its
/// start, so that all of an answer comes from one model.
final class ServedModel: Sendable {
  let recommender: Recommender
  /// The name of the folder and the beginning of the hash of its manifest.
  let version: String
  /// The folder of the model.
  let folder: URL
  let openedAt: Date
  /// The items as the model and as the service number them.
  let numbers: ItemNumbers
  /// The sets of the items that conditions of filters let through.
  let filters: Filters
  /// What the model's index does not have where it belongs.
  let side: SideItems
  /// The items in the order of their ids.
  let sortedItems: SortedIDs
  /// The users in the order of their ids; forgotten ones are among them.
  let sortedUsers: SortedIDs
  /// The users whose histories and vectors are not used: they were forgotten.
  private let forgotten: Mutex<Set<UserIndex>>
  private let neighbours = Mutex<[ItemIndex: [ItemIndex]]>([:])
  private let blocked = Mutex<(revision: Int, positions: [ItemIndex]?)>((-1, nil))

  /// A model whose items have been given keys.
  init(
    _ recommender: Recommender, version: String, folder: URL, openedAt: Date,
    numbers: ItemNumbers, forgotten: Set<UserIndex>
  ) {
    self.recommender = recommender
    self.version = version
    self.folder = folder
    self.openedAt = openedAt
    self.numbers = numbers
    self.forgotten = Mutex(forgotten)
    sortedItems = SortedIDs(recommender.items)
    sortedUsers = SortedIDs(recommender.users)
    filters = Filters(recommender, numbers: numbers)
    side = SideItems(recommender, numbers: numbers)
  }

  /// The position of a user of whom the model may use what it has learned; `nil` for others.
  func user(_ id: String) -> UserIndex? {
    guard let position = recommender.users.position(of: id).map(UserIndex.init) else { return nil }
    return forgotten.withLock { $0.isEmpty || !$0.contains(position) } ? position : nil
  }

  /// Uses nothing any more of what the model learned of a user; returns whether there was anything.
  func forget(_ user: String) -> Bool {
    guard let position = recommender.users.position(of: user).map(UserIndex.init) else {
      return false
    }
    return forgotten.withLock { $0.insert(position).inserted }
  }

  /// The most blocked items that a search leaves out one by one.
  private static let fewBlocked = 1024

  /// The blocked items that the model has, if they are few; `nil` if they are many.
  ///
  /// A list of few lets an exact index search for many requests at once.
  func blockedPositions(_ set: KeySet, revision: Int) -> [ItemIndex]? {
    if set.isEmpty { return [] }
    return blocked.withLock { cached in
      if cached.revision != revision {
        let isFew = set.count <= Self.fewBlocked
        cached = (revision, isFew ? set.keys.compactMap(numbers.position) : nil)
      }
      return cached.positions
    }
  }

  /// The items nearest to an item that are remembered for each.
  private static let nearest = 100
  /// How many items' neighbours are remembered at most.
  private static let rememberedNeighbours = 10_000

  /// The items nearest to an item, the nearest first.
  ///
  /// The first time looks at every item; later ones remember.
  func neighbours(of item: ItemIndex) -> [ItemIndex] {
    if let known = neighbours.withLock({ $0[item] }) { return known }
    guard let similarity = recommender.retriever.similarity, similarity.knows(item) else {
      return []
    }
    let found = similarity.nearest(to: item, count: Self.nearest) { _ in true }
      .map { ItemIndex($0.index) }
    neighbours.withLock { neighbours in
      if neighbours.count >= Self.rememberedNeighbours { neighbours.removeAll() }
      neighbours[item] = found
    }
    return found
  }
}

extension ServedModel {
  /// A model that was opened, without the users that were forgotten.
  ///
  /// - Parameters:
  ///   - opened: the model and its version.
  ///   - folder: its folder.
  ///   - date: the time.
  ///   - store: what knows which users were forgotten.
  ///   - keys: gives keys to the items with some ids.
  /// - Throws: `StoreError`.
  convenience init(
    _ opened: (model: Recommender, version: ModelVersion), folder: URL, at date: Date,
    store: Store, keys: (Vocabulary) -> [LiveKey]
  ) throws {
    let recommender = opened.model
    let forgotten = try store.everForgotten(among: recommender.users.texts)
    self.init(
      recommender, version: "\(opened.version)", folder: folder, openedAt: date,
      numbers: ItemNumbers(keys: keys(recommender.items)),
      forgotten: Set(
        forgotten.compactMap { recommender.users.position(of: $0).map(UserIndex.init) }))
  }

  /// Opens the first model of a service, once more if its folder is replaced meanwhile.
  ///
  /// - Throws: what `open` throws, and `ArtifactError` for a folder without a manifest.
  static func first(
    _ folder: URL, by open: RecommendationService.Opener
  ) throws -> (model: Recommender, version: ModelVersion) {
    let version = try ModelVersion(of: folder)
    let model = try open(folder)
    return try ModelVersion(of: folder) == version
      ? (model, version) : ModelSuccession.open(folder, by: open)
  }
}

extension LiveState {
  /// The keys of the items of another model, which are known from now on.
  ///
  /// They are given some at a time, so that answers do not wait.
  func keys(of items: Vocabulary) -> [LiveKey] {
    var keys: [LiveKey] = []
    keys.reserveCapacity(items.count)
    for start in stride(from: 0, to: items.count, by: 4096) {
      let ids = (start..<min(start + 4096, items.count)).map { items[$0] }
      keys += withState { state in ids.map { state.intern($0) } }
    }
    return keys
  }
}
