/// Distinct tokens in the order of their first occurrence, found again by their bytes.
///
/// A hash table with open addressing and linear probing, at most three quarters full. A token costs
/// about 30 bytes in addition to its own.
struct TokenTable: Sendable {
  /// The tokens in their order.
  private(set) var texts = Texts()
  /// The key of the token in each slot.
  ///
  /// Short tokens are their own key; longer ones are hashed.
  private var keys: [UInt64]
  /// The position of the token in each slot, or -1.
  private var slots: [Int32]
  private var shift: UInt64

  /// Creates an empty table with room for some tokens.
  init(minimumCapacity: Int = 0) {
    var bits = 4
    while (1 << bits) * 3 / 4 < minimumCapacity { bits += 1 }
    keys = [UInt64](repeating: 0, count: 1 << bits)
    slots = [Int32](repeating: -1, count: 1 << bits)
    shift = UInt64(64 - bits)
  }

  /// Creates a table of texts; throws the first text that repeats another.
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

  /// Returns the position of a token.
  ///
  /// A new token is added at the end.
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

  /// Returns the position of the token that spells a number of up to two digits, and adds it if it
  /// is new.
  mutating func intern(small number: Int) -> Int32 {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2) { digits in
      digits[0] = Byte.zero + UInt8(clamping: number / 10)
      digits[1] = Byte.zero + UInt8(clamping: number % 10)
      let first = number < 10 ? 1 : 0
      guard let start = digits.baseAddress else { return -1 }
      return intern(Field(start: start + first, count: 2 - first))
    }
  }

  /// Returns the position of a token, or `nil` if it is unknown.
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

  /// Calls `body` with the bytes of a token.
  @inline(__always)
  func withField<Result>(_ position: Int, _ body: (Field) -> Result) -> Result {
    texts.withBytes(at: position) { body(Field($0)) }
  }

  /// Returns the table of the tokens at these positions, in that order.
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
  /// Returns the key of a token.
  ///
  /// For up to seven bytes the key is the bytes, with their number in the top byte, and unique. For
  /// longer tokens it is a hash with a top byte of 0xFF.
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
