import CorralData

/// The number of an item in the memory of a service; it never changes while the service runs.
///
/// Models number their items themselves, each in its own way; a swap of models changes no key.
struct LiveKey: Hashable, Comparable, Sendable, BitwiseCopyable {
  let rawValue: Int32

  /// The key of a number.
  init(_ number: Int) { rawValue = Int32(number) }

  /// The number, to index arrays with.
  var value: Int { Int(rawValue) }

  /// Keys are ordered by their numbers: the items that were known first come first.
  static func < (left: LiveKey, right: LiveKey) -> Bool { left.rawValue < right.rawValue }
}

/// A set of items as one bit an item; it grows with the catalogue.
struct KeySet: Sendable, Equatable {
  /// Bit `k % 64` of word `k / 64` stands for key `k`.
  private var words: [UInt64] = []
  /// The number of items in the set.
  private(set) var count = 0

  /// An empty set with room for some keys.
  init(capacity: Int = 0) { words = [UInt64](repeating: 0, count: (capacity + 63) / 64) }

  var isEmpty: Bool { count == 0 }

  /// Whether an item is in the set.
  func contains(_ key: LiveKey) -> Bool {
    let word = key.value >> 6
    return word < words.count && words[word] >> UInt64(key.value & 63) & 1 == 1
  }

  /// Puts an item into the set, or takes it out.
  mutating func set(_ key: LiveKey, _ isMember: Bool) {
    guard contains(key) != isMember else { return }
    let word = key.value >> 6
    while words.count <= word { words.append(0) }
    words[word] ^= 1 << UInt64(key.value & 63)
    count += isMember ? 1 : -1
  }

  /// The items of the set in rising order; looks at every word.
  var keys: [LiveKey] {
    var keys: [LiveKey] = []
    keys.reserveCapacity(count)
    for (place, word) in words.enumerated() where word != 0 {
      var rest = word
      while rest != 0 {
        keys.append(LiveKey(place << 6 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    return keys
  }
}

/// The items of one model in both numberings.
struct ItemNumbers: Sendable {
  /// The key of each item of the model, by its position.
  let keys: [LiveKey]
  /// The position of each item that was known when the model was opened, by its key; -1 for none.
  private let positions: [Int32]

  /// The numbers of a model whose items have the keys `keys[position]`.
  init(keys: [LiveKey]) {
    self.keys = keys
    var positions = [Int32](repeating: -1, count: (keys.max()?.value ?? -1) + 1)
    for (position, key) in keys.enumerated() { positions[key.value] = Int32(position) }
    self.positions = positions
  }

  /// The position of an item in the model; `nil` for an item that the model does not have.
  func position(of key: LiveKey) -> ItemIndex? {
    guard key.value < positions.count, positions[key.value] >= 0 else { return nil }
    return ItemIndex(Int(positions[key.value]))
  }

  /// The key of an item of the model.
  func key(of item: ItemIndex) -> LiveKey { keys[item.position] }
}
