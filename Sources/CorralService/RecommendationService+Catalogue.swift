import CorralData
import CorralServing
package import CorralStore
import Foundation
import Logging

extension RecommendationService {
  /// What is known of an item; `nil` for an unknown one.
  ///
  /// Items of the model are known too. What the service was told stands over what the model has.
  package func item(_ id: String) throws -> ItemRecord? {
    let (key, record, served) = live.withState { state in
      let key = state.key(of: id).flatMap { state.isOutside($0) ? nil : $0 }
      return (key, key.flatMap { state.records[$0] }, state.served)
    }
    return key.map { merged(id, $0, record, served) }
  }

  /// Items in the order of their ids, after one of them.
  package func items(after id: String?, limit: Int) async throws -> [ItemRecord] {
    let served = live.withState { $0.served }
    var found: [ItemRecord] = []
    var last = id
    // Deleted items are skipped, so that a page may have to be made of several.
    while found.count < limit {
      let told = try await store.items(after: last ?? "", limit: limit).map(\.id)
      let own = served.sortedItems.after(last, limit: limit)
      let ids = Set((told + own).map(ExactText.init)).sorted().prefix(limit)
      for id in ids where found.count < limit {
        if let item = try item(id.text) { found.append(item) }
        last = id.text
      }
      if ids.count < limit { break }
    }
    return found
  }

  /// Makes or replaces what is known of items; the next answer follows it.
  package func put(_ items: [ItemRecord]) async throws {
    for item in items where item.isTombstone {
      throw ServiceError.badField("expires_at", reason: "the item '\(item.id)' expired in 1970")
    }
    _ = try await store.put(items: items)
    let now = clock().timeIntervalSince1970
    live.withState { state in
      for item in items { state.put(item, at: now) }
    }
    placeAside()
  }

  /// Takes an item out of the service: it is not recommended any more, and its record goes.
  ///
  /// An event with the item does not bring it back, but a new record does.
  ///
  /// - Returns: whether it was known.
  package func deleteItem(_ id: String) async throws -> Bool {
    guard try item(id) != nil else { return false }
    _ = try await store.put(items: [ItemRecord(tombstone: id)])
    let now = clock().timeIntervalSince1970
    live.withState { state in
      if let key = state.key(of: id) { state.delete(key, at: now) }
    }
    placeAside()
    return true
  }

  /// Lets the models that serve place what changed of items, so that the next answer follows it.
  func placeAside() { for (_, model) in live.withState({ $0.models }) { placeAside(model) } }

  /// Lets a model place what changed of items.
  func placeAside(_ model: ServedModel) {
    if model.side.follow(live) {
      logger.notice(
        "more items came or changed than are searched beside the index; the oldest wait for a new model",
        metadata: ["model": "\(model.version)", "searched": "\(SideItems.most)"])
    }
  }

  /// What is known of a user; `nil` for an unknown one.
  ///
  /// Users of the model are known too, and those of whom there are events.
  package func user(_ id: String) async throws -> UserRecord? {
    if let record = try await store.user(id) { return record }
    let isKnown = live.withState { state in
      state.people[ExactText(id)] != nil || state.served.user(id) != nil
    }
    return isKnown ? UserRecord(id: id) : nil
  }

  /// Users in the order of their ids, after one of them: those of the store and those of the model.
  package func users(after id: String?, limit: Int) async throws -> [UserRecord] {
    let served = live.withState { $0.served }
    let told = try await store.users(after: id ?? "", limit: limit)
    var ids = Set(told.map { ExactText($0.id) })
    var last = id
    // Forgotten users of the model are skipped.
    while true {
      let page = served.sortedUsers.after(last, limit: limit)
      ids.formUnion(page.lazy.filter { served.user($0) != nil }.map(ExactText.init))
      guard let end = page.last, ids.count < limit else { break }
      last = end
    }
    let records = Dictionary(told.map { (ExactText($0.id), $0) }, uniquingKeysWith: { $1 })
    return ids.sorted().prefix(limit).map { records[$0] ?? UserRecord(id: $0.text) }
  }

  /// Makes or replaces what is known of users.
  package func put(_ users: [UserRecord]) async throws { _ = try await store.put(users: users) }

  /// What is known of an item: the record over the columns of the model.
  private func merged(
    _ id: String, _ key: LiveKey, _ told: ItemRecord?, _ served: ServedModel
  ) -> ItemRecord {
    guard let position = served.numbers.position(of: key) else { return told ?? ItemRecord(id: id) }
    var record = told ?? ItemRecord(id: id)
    record.title = record.title ?? served.recommender.title(of: position)
    if record.categories.isEmpty {
      record.categories = served.filters.categories(of: position)
    }
    record.features.merge(served.filters.features(of: position)) { told, _ in told }
    return record
  }
}

extension ItemRecord {
  /// What a store keeps of an item that was deleted: hidden, and expired at the beginning of time.
  ///
  /// Without it an item of the model would be back when the service starts again.
  init(tombstone id: String) {
    self.init(id: id)
    isHidden = true
    expiresAt = Date(timeIntervalSince1970: 0)
  }

  /// Whether the record says that the item was deleted.
  var isTombstone: Bool { isHidden && expiresAt == Date(timeIntervalSince1970: 0) }
}
