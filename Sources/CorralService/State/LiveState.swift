import CorralData
import CorralServing
import CorralStore
import Foundation
import Synchronization

/// All that answers need, in memory: answers never read the disk.
///
/// It changes after what changed it is durable, and before whoever sent that is told, so that their
/// next answer sees it. One lock holds all parts together with the models that serve: whoever takes
/// it sees one state.
final class LiveState: Sendable {
  private let state: Mutex<State>

  /// The memory of a service in front of a model.
  init(_ state: State) { self.state = Mutex(state) }

  /// Runs a few look-ups or changes that belong together; what waits for it must be short.
  func withState<Result: Sendable>(_ body: (inout State) throws -> Result) rethrows -> Result {
    try state.withLock { try body(&$0) }
  }

  /// The parts of the memory.
  struct State: Sendable {
    /// The model that answers, and those of the arms that have their own.
    private(set) var served: ServedModel
    private(set) var arms: [String: ServedModel] = [:]
    /// The ids of items, each at its key.
    private(set) var items: Vocabulary
    /// What the service was told of items.
    private(set) var records: [LiveKey: ItemRecord] = [:]
    /// The items that must not be recommended now: hidden, deleted, not yet published, expired, or
    /// not in the catalogue at all.
    private(set) var blocked = KeySet()
    /// The items that were deleted.
    private var deleted = KeySet()
    /// The items that only events name: they are in no model, and nobody has put them.
    private var unlisted = KeySet()
    private var times = Schedule()
    /// Counts the changes of items.
    private(set) var revision = 0
    /// Counts what was told of items: records that were put, and deletions.
    private(set) var told = 0
    /// The items of the last changes, the newest last.
    private var changed: [LiveKey] = []
    /// The names of features that records have.
    private(set) var featureNames: Set<ExactText> = []

    private(set) var people: [ExactText: Person] = [:]
    private(set) var popular = PopularOrder()
    var trending = TrendingItems()
    private(set) var latest = LatestItems()

    /// How many changes of items are remembered: sets that are older are made again.
    private static let rememberedChanges = 4096

    /// The keys that the store had for users who were forgotten while the service runs.
    private var forgotten: Set<UserKey> = []
    /// How many users were forgotten while the service runs.
    private(set) var forgettings = 0
    /// The position of the last event.
    private(set) var lastPosition: Int64 = 0

    /// A memory without users, in front of a model whose items have their positions as keys.
    init(_ served: ServedModel) {
      self.served = served
      items = served.recommender.items
      popular.grow(to: items.count)
    }
  }
}

extension LiveState.State {
  /// The key of an item; `nil` for an unknown one.
  ///
  /// An id that is not UTF-8 is known by its spelling, as in a model.
  func key(of id: String) -> LiveKey? {
    (items.exactPosition(of: id) ?? items.position(of: id)).map(LiveKey.init)
  }

  /// The id of an item.
  func id(of key: LiveKey) -> String { items[key.value] }

  /// The key of an item, which is known from now on.
  mutating func intern(_ id: String) -> LiveKey { key(of: id) ?? LiveKey(items.intern(id)) }

  /// Takes what the events so far say; sorts the counts once.
  mutating func start(people: [ExactText: Person], counts: [Int32], lastPosition: Int64) {
    self.people = people
    popular = PopularOrder(counts: counts)
    popular.grow(to: items.count)
    self.lastPosition = lastPosition
  }

  /// The models that answer, each at its place: the one for everybody first, then those of the arms by
  /// name.
  var models: [(place: ModelPlace, model: ServedModel)] {
    [(.everybody, served)]
      + arms.sorted { $0.key < $1.key }.map { (.arm($0.key), $0.value) }
  }

  /// Lets another model answer at a place.
  mutating func serve(_ model: ServedModel, at place: ModelPlace) {
    switch place {
    case .everybody: served = model
    case .arm(let name): arms[name] = model
    }
    popular.grow(to: items.count)
    for key in unlisted.keys where model.numbers.position(of: key) != nil {
      unlisted.set(key, false)
      settle(key, at: -.infinity)
    }
  }

  // MARK: Users

  /// Forgets a user and what the models learned of them; returns whether anything was known.
  ///
  /// `key` is the one that the store had for them, if any.
  mutating func forget(_ user: String, key: UserKey?) -> Bool {
    if let key { forgotten.insert(key) }
    forgettings += 1
    var isKnown = served.forget(user)
    for model in arms.values where model.forget(user) { isKnown = true }
    guard let person = people.removeValue(forKey: ExactText(user)) else { return isKnown }
    for key in person.history { popular.remove(key) }
    return true
  }

  /// Replaces what is known of a user by what the log holds now that events were deleted.
  ///
  /// What is trending stays: it forgets the events by itself.
  ///
  /// - Returns: `false`, and nothing is replaced, if a later event than those of the log was heard
  ///   meanwhile: the log must be read again.
  mutating func relearn(
    _ user: String, from log: Store.UserLog, meaning: (String) -> EventMeaning
  ) -> Bool {
    if forgotten.contains(log.user) { return true }
    let old = people[ExactText(user)] ?? Person()
    if old.last > log.through { return false }
    let person = Person(log, meet: { meet($0) }, meaning: meaning)
    var changes: [LiveKey: Int] = [:]
    for key in old.history { changes[key, default: 0] -= 1 }
    for key in person.history { changes[key, default: 0] += 1 }
    for (key, change) in changes {
      for _ in 0..<abs(change) {
        if change < 0 { popular.remove(key) } else { popular.add(key) }
      }
    }
    people[ExactText(user)] = person.isKnown ? person : nil
    return true
  }

  /// Learns from an event that is durable.
  ///
  /// An event of a user who was forgotten meanwhile is not remembered.
  mutating func apply(_ event: Event, _ meaning: EventMeaning, _ receipt: EventReceipt) {
    lastPosition = max(lastPosition, receipt.position)
    if forgotten.contains(receipt.user) { return }
    let key = meet(event.item)
    let isNew = people[ExactText(event.user), default: Person()]
      .learn(key, meaning, at: receipt.position)
    guard isNew, meaning == .met else { return }
    popular.add(key)
    if event.type != Store.seedType { trending.add(key) }
  }

  // MARK: Items

  /// The key of an item that an event names; one that nobody knows is not in the catalogue yet.
  mutating func meet(_ id: String) -> LiveKey {
    if let key = key(of: id) { return key }
    let key = intern(id)
    popular.grow(to: items.count)
    unlisted.set(key, true)
    settle(key, at: .infinity)
    return key
  }

  /// Makes or replaces what is known of an item.
  mutating func put(_ record: ItemRecord, at now: Double) {
    let key = intern(record.id)
    popular.grow(to: items.count)
    records[key] = record
    told += 1
    deleted.set(key, false)
    unlisted.set(key, false)
    latest.set(key, publishedAt: record.publishedAt)
    // Times that items no longer have are harmless, but must not pile up.
    if times.count > 2 * records.count + 1024 {
      times = Schedule()
      for (key, record) in records { schedule(record, key, after: now) }
    } else {
      schedule(record, key, after: now)
    }
    featureNames.formUnion(record.features.keys.map(ExactText.init))
    settle(key, at: now)
  }

  /// Takes an item out of the service.
  mutating func delete(_ key: LiveKey, at now: Double) {
    records[key] = nil
    told += 1
    latest.set(key, publishedAt: nil)
    unlisted.set(key, false)
    deleted.set(key, true)
    settle(key, at: now)
  }

  /// How many items are in the catalogue.
  var catalogueCount: Int { items.count - deleted.count - unlisted.count }

  /// Whether an item is not in the catalogue: it was deleted, or only events name it.
  func isOutside(_ key: LiveKey) -> Bool { deleted.contains(key) || unlisted.contains(key) }

  /// Lets items appear and expire whose time has come.
  mutating func pass(to now: Double) {
    guard now >= times.next else { return }
    for key in times.due(at: now) { settle(key, at: now) }
  }

  /// Notes the times of a record that are still to come.
  private mutating func schedule(_ record: ItemRecord, _ key: LiveKey, after now: Double) {
    for time in [record.publishedAt, record.expiresAt] {
      if let time = time?.timeIntervalSince1970, time > now { times.insert(time, key) }
    }
  }

  private mutating func settle(_ key: LiveKey, at now: Double) {
    let record = records[key]
    let isEarly = record?.publishedAt.map { $0.timeIntervalSince1970 > now } ?? false
    let isLate = record?.expiresAt.map { $0.timeIntervalSince1970 <= now } ?? false
    blocked.set(
      key, isOutside(key) || record?.isHidden ?? false || isEarly || isLate)
    revision += 1
    changed.append(key)
    if changed.count > 2 * Self.rememberedChanges {
      changed.removeFirst(changed.count - Self.rememberedChanges)
    }
  }

  /// The items that changed since a revision; `nil` where that is too long ago.
  func changes(since old: Int) -> [LiveKey]? {
    let count = revision - old
    return count <= changed.count ? Array(changed.suffix(count)) : nil
  }
}

/// What a type of event says about a user and an item.
enum EventMeaning: Sendable {
  /// The user met the item: it enters the history, and is left out.
  case met
  /// The user does not want the item: it is left out, and no model reads it.
  case disliked
  /// Nothing that an answer follows: it is only stored.
  case nothing
}
