/// Distinct tokens in the order in which they were first met, found again by their bytes.
///
/// A token costs about 30 bytes beside its own. Open addressing with linear probing, at most three
/// quarters full.
struct TokenTable: Sendable {
  /// The tokens in their order.
  private(set) var texts = Texts()
  /// The key of the token in each slot: short tokens are their own key, longer ones hashed.
  private var keys: [UInt64]
  /// The position of the token in each slot, or -1.
  private var slots: [Int32]
  private var shift: UInt64

  /// A table without a token, with room for some.
  init(minimumCapacity: Int = 0) {
    var bits = 4
    while (1 << bits) * 3 / 4 < minimumCapacity { bits += 1 }
    keys = [UInt64](repeating: 0, count: 1 << bits)
    slots = [Int32](repeating: -1, count: 1 << bits)
    shift = UInt64(64 - bits)
  }

  /// The table of texts that are already there; throws the first that repeats another.
  init(_ texts: Texts) throws(Vocabulary.Repetition) {
    self.init(minimumCapacity: texts.count)
    self.texts = texts
    let mask = slots.count - 1
    for position in texts.indices {
      let key = withField(position) { $0.key }
      var slot = Int(truncatingIfNeeded: spread(key) >> shift)
      while slots[slot] >= 0 {
        if keys[slot] == key,
          isShort(key) || withField(position, { holds($0, at: slots[slot]) })
        {
          throw Vocabulary.Repetition(first: Int(slots[slot]), second: position)
        }
        slot = (slot + 1) & mask
      }
      keys[slot] = key
      slots[slot] = Int32(position)
    }
  }

  var count: Int { texts.count }

  /// The position of a token, which is added at the end when it is new.
  @inline(__always)
  mutating func intern(_ field: Field) -> Int32 {
    let key = field.key
    var slot = Int(truncatingIfNeeded: spread(key) >> shift)
    let mask = slots.count - 1
    while slots[slot] >= 0 {
      if keys[slot] == key, isShort(key) || holds(field, at: slots[slot]) { return slots[slot] }
      slot = (slot + 1) & mask
    }
    return add(field, key, at: slot)
  }

  /// The position of the token that spells a number of up to two digits.
  mutating func intern(small number: Int) -> Int32 {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2) { digits in
      digits[0] = Byte.zero + UInt8(clamping: number / 10)
      digits[1] = Byte.zero + UInt8(clamping: number % 10)
      let first = number < 10 ? 1 : 0
      guard let start = digits.baseAddress else { return -1 }
      return intern(Field(start: start + first, count: 2 - first))
    }
  }

  /// The position of a token, or `nil` when it is unknown.
  func position(of field: Field) -> Int32? {
    let key = field.key
    var slot = Int(truncatingIfNeeded: spread(key) >> shift)
    let mask = slots.count - 1
    while slots[slot] >= 0 {
      if keys[slot] == key, isShort(key) || holds(field, at: slots[slot]) { return slots[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// A token's bytes, for as long as `body` runs.
  @inline(__always)
  func withField<Result>(_ position: Int, _ body: (Field) -> Result) -> Result {
    texts.withBytes(at: position) { body(Field($0)) }
  }

  /// The table of the tokens at these positions, in that order.
  func gathered(_ positions: [Int32]) -> TokenTable {
    var gathered = TokenTable(minimumCapacity: positions.count)
    for position in positions {
      withField(Int(position)) { _ = gathered.intern($0) }
    }
    return gathered
  }

  @inline(never)
  private mutating func add(_ field: Field, _ key: UInt64, at slot: Int) -> Int32 {
    let position = Int32(count)
    texts.append(field.bytes)
    keys[slot] = key
    slots[slot] = position
    if count > slots.count * 3 / 4 { grow() }
    return position
  }

  private mutating func grow() {
    let oldKeys = keys
    let oldSlots = slots
    keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
    slots = [Int32](repeating: -1, count: oldKeys.count * 2)
    shift -= 1
    let mask = slots.count - 1
    for (key, position) in zip(oldKeys, oldSlots) where position >= 0 {
      var slot = Int(truncatingIfNeeded: spread(key) >> shift)
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      keys[slot] = key
      slots[slot] = position
    }
  }

  @inline(__always)
  private func spread(_ key: UInt64) -> UInt64 {
    (key ^ (key >> 32)) &* 0x9E37_79B9_7F4A_7C15
  }

  @inline(__always)
  private func isShort(_ key: UInt64) -> Bool { key >> 56 != 0xFF }

  private func holds(_ field: Field, at position: Int32) -> Bool {
    withField(Int(position)) { field.equals($0.bytes) }
  }
}

extension TokenTable: Equatable {
  /// Tables are equal when they hold the same tokens in the same order.
  static func == (left: TokenTable, right: TokenTable) -> Bool {
    left.texts == right.texts
  }
}

extension Field {
  /// Up to seven bytes with their number in the top byte, which no other token shares; for longer
  /// tokens a hash under the top byte 0xFF, which others may.
  @inline(__always)
  fileprivate var key: UInt64 {
    if count < 8 {
      var packed = UInt64(count) << 56
      var at = 0
      while at < count {
        packed |= UInt64(start[at]) << UInt64(8 * at)
        at += 1
      }
      return packed
    }
    let raw = UnsafeRawPointer(start)
    var hash = UInt64(count) &* 0x9E37_79B9_7F4A_7C15
    var at = 0
    while at + 8 <= count {
      hash =
        (hash ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        &* 0xBF58_476D_1CE4_E5B9
      hash ^= hash >> 29
      at += 8
    }
    if at < count {
      hash =
        (hash ^ raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
        &* 0x94D0_49BB_1331_11EB
      hash ^= hash >> 31
    }
    return hash | 0xFF00_0000_0000_0000
  }
}
