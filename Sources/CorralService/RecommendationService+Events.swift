import CorralData
import CorralServing
package import CorralStore
import Foundation

extension RecommendationService {
  /// Stores events; returns when they are durable and the next answer sees them.
  ///
  /// - Throws: `StoreError`; then none of them is stored.
  package func accept(_ events: [Event]) async throws -> [EventReceipt] {
    let receipts = try await store.append(events)
    var types: [String: Int] = [:]
    live.withState { state in
      for (event, receipt) in zip(events, receipts) where !receipt.isRepeat {
        state.apply(event, settings.meaning(of: event.type), receipt)
        types[event.type, default: 0] += 1
      }
    }
    metrics.events(types)
    return receipts
  }

  /// The events of a user after a position, the oldest first.
  package func events(
    of user: String, after position: Int64, limit: Int
  ) async throws -> [StoredEvent] {
    try await store.events(of: user, after: position, limit: limit)
  }

  /// The events of a user with an item, of one type or of all, the oldest first.
  package func events(
    of user: String, with item: String, type: String? = nil, limit: Int
  ) async throws -> [StoredEvent] {
    try await store.events(of: user, with: item, type: type, limit: limit)
  }

  /// Deletes the events of a user with an item, of one type or of all; returns how many there were when
  /// that is durable and the next answer knows none of them.
  package func delete(
    eventsOf user: String, with item: String, type: String? = nil
  ) async throws -> Int {
    let count = try await store.delete(eventsOf: user, with: item, type: type)
    try await relearn(user)
    return count
  }

  /// Makes the memory of a user follow the log, from which something was deleted.
  private func relearn(_ user: String) async throws {
    // Whoever asked may be gone; the memory follows all the same.
    try await Task {
      while let log = try await store.log(of: user) {
        let isDone = live.withState { $0.relearn(user, from: log, meaning: settings.meaning) }
        if isDone { return }
      }
    }.value
  }

  /// The events of everybody after a position, the oldest first.
  package func events(after position: Int64, limit: Int) async throws -> [StoredEvent] {
    try await store.events(after: position, limit: limit)
  }

  /// Forgets a person entirely: events, exposures, record, and the history that the model has saved.
  ///
  /// - Returns: whether anything of the user was known.
  package func forget(_ user: String) async throws -> Bool {
    let wasKnown = try await self.user(user) != nil
    let forgotten = try await store.forget(user: user)
    let isKnown = live.withState { $0.forget(user, key: forgotten.key) }
    // Events may have come while the last traces were erased: they are those of a new user.
    try await relearn(user)
    return isKnown || wasKnown || forgotten.key != nil
  }
}

extension LiveState.State {
  /// The memory of a store in front of a model; a new store first gets the model's own histories.
  ///
  /// Reads all events once.
  init(
    _ served: ServedModel, _ store: Store, _ settings: ServiceSettings, at now: Date
  ) throws {
    self.init(served)
    let recommender = served.recommender
    if try !store.isSeeded {
      _ = try store.seed(users: recommender.users.texts, items: recommender.items.texts) { user in
        recommender.histories[user].lazy.map(\.position)
      }
    }
    // The store numbers users and items in its own way, from 1 in the order of their first sight.
    var users: [ExactText?] = []
    try store.forEachUser { key, id in
      while users.count <= key.number { users.append(nil) }
      users[Int(key.number)] = ExactText(id)
    }
    var keys: [LiveKey?] = []
    try store.forEachItem { key, id in
      while keys.count <= key.number { keys.append(nil) }
      keys[Int(key.number)] = meet(id)
    }
    var people = [Person](repeating: Person(), count: users.count)
    var counts = [Int32](repeating: 0, count: items.count)
    var meanings: [String: EventMeaning] = [:]
    var last: Int64 = 0
    try store.forEachEvent { event in
      guard let key = keys[Int(event.item.number)] else { return }
      last = event.position
      let meaning = meanings[event.type] ?? settings.meaning(of: event.type)
      meanings[event.type] = meaning
      people[Int(event.user.number)].learn(key, meaning, at: event.position)
      guard meaning == .met else { return }
      counts[key.value] += 1
      if event.type != Store.seedType { trending.add(key) }
    }
    // Somebody who was only shown something has a key in the store and nothing else.
    var known: [ExactText: Person] = [:]
    let pruned = try store.prunedUsers()
    for (place, user) in users.enumerated() {
      let isPruned = pruned.contains(UserKey(Int32(place)))
      people[place].settle(through: last, isPruned: isPruned)
      if let user, people[place].isKnown { known[user] = people[place] }
    }
    start(people: known, counts: counts, lastPosition: last)
    for (_, record) in try store.allItems() {
      if record.isTombstone {
        delete(intern(record.id), at: now.timeIntervalSince1970)
      } else {
        put(record, at: now.timeIntervalSince1970)
      }
    }
  }
}
