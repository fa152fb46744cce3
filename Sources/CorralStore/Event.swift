package import Foundation

/// Something that a user did with an item.
package struct Event: Sendable, Equatable {
  /// The sender's own id of the event; a second event with it is not stored again.
  ///
  /// `nil` for events that the sender does not number, which are always stored.
  package var id: String?
  package var user: String
  package var item: String
  /// What happened: `click`, `buy`, `rating`.
  package var type: String
  /// How much of it: stars, seconds, a price; `nil` where the type says all.
  package var value: Double?
  /// When it happened; `nil` where it is not known, as in a model's saved histories.
  package var time: Date?
  /// The id of the answer that showed the item; `nil` if none did.
  package var request: String?

  /// An event of a user and an item.
  package init(
    id: String? = nil, user: String, item: String, type: String, value: Double? = nil,
    time: Date? = nil, request: String? = nil
  ) {
    self.id = id
    self.user = user
    self.item = item
    self.type = type
    self.value = value
    self.time = time
    self.request = request
  }
}

/// An event at its place in the log.
package struct StoredEvent: Sendable, Equatable {
  /// The place: 1 for the first event ever stored.
  ///
  /// It never changes, and no other event gets it.
  package let position: Int64
  package let event: Event

  /// An event at a position.
  package init(position: Int64, event: Event) {
    self.position = position
    self.event = event
  }
}

/// What became of an event that was handed in.
package struct EventReceipt: Sendable, Equatable {
  /// The place of the event in the log.
  package let position: Int64
  /// Whether an event with this id had been stored before; nothing was stored this time.
  package let isRepeat: Bool
  /// The key of the user of the event that is stored.
  package let user: UserKey
  /// The key of its item.
  package let item: ItemKey

  /// The receipt of an event at a position.
  package init(position: Int64, isRepeat: Bool, user: UserKey, item: ItemKey) {
    self.position = position
    self.isRepeat = isRepeat
    self.user = user
    self.item = item
  }
}
