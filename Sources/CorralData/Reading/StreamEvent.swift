/// An event of a stream: something that a user did with an item.
package struct StreamEvent: Sendable, Equatable {
  /// The id of the user, never empty.
  package var user: String
  /// The id of the item, never empty.
  package var item: String
  /// What happened: `click`, `buy`; `nil` where the stream does not say.
  package var type: String?
  /// How much of it: stars, seconds, a price; `nil` where the stream does not say.
  package var value: Double?
  /// When it happened, in seconds since 1970; `nil` where the stream does not say.
  ///
  /// A stream is in the order in which events were recorded, and times need not be.
  package var time: Double?

  /// An event of a user and an item.
  package init(
    user: String, item: String, type: String? = nil, value: Double? = nil, time: Double? = nil
  ) {
    self.user = user
    self.item = item
    self.type = type
    self.value = value
    self.time = time
  }
}
