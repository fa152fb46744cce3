/// The times of the rows of a chunk in ticks of one size.
///
/// The ticks become smaller when a row needs more digits.
struct TimeColumn: Sendable {
  /// One tick count per row, in `10^-decimals` of the file's unit.
  private(set) var ticks: [Int64] = []
  private(set) var decimals = 0
  /// The number of rows that lose digits: beyond nine places, or too many for 64 bits.
  private(set) var cut = 0
  /// The number of rows that hold a date and not a number.
  private(set) var dates = 0
  /// The most decimals with which all times so far fit into 64 bits.
  private var limit = SpelledTime.mostPlaces

  var count: Int { ticks.count }

  mutating func reserveCapacity(_ capacity: Int) { ticks.reserveCapacity(capacity) }

  /// Adds the time of one row, in O(1) except for at most nine rows that need smaller ticks.
  @inline(__always)
  mutating func append(_ time: SpelledTime) {
    if time.places | decimals == 0, !time.isDate, !time.isCut {
      ticks.append(time.digits)
    } else {
      add(time)
    }
  }

  @inline(never)
  private mutating func add(_ time: SpelledTime) {
    if time.isDate { dates += 1 }
    var isCut = time.isCut
    limit = min(
      limit, Self.decimals(for: time.digits.magnitude / powerOfTen(time.places).magnitude))
    if limit < decimals { rescale(to: limit) }
    if min(time.places, limit) > decimals {
      limit = min(limit, Self.decimals(for: largest))
      if min(time.places, limit) > decimals { rescale(to: min(time.places, limit)) }
    }
    if time.places > decimals { isCut = true }
    if isCut { cut += 1 }
    ticks.append(TimeScale.shifted(time.digits, by: decimals - time.places) ?? .max)
  }

  /// The largest absolute whole number so far.
  private var largest: UInt64 {
    (ticks.lazy.map(\.magnitude).max() ?? 0) / powerOfTen(decimals).magnitude
  }

  /// Rescales the ticks; larger ticks round down.
  private mutating func rescale(to wanted: Int) {
    if wanted < decimals {
      let factor = powerOfTen(decimals - wanted)
      cut += ticks.count { $0 % factor != 0 }
    }
    ticks = ticks.map { TimeScale.shifted($0, by: wanted - decimals) ?? .max }
    decimals = wanted
  }

  /// Returns the most decimals, up to 9, with which a number of this size fits into 64 bits.
  private static func decimals(for largest: UInt64) -> Int {
    var decimals = SpelledTime.mostPlaces
    while decimals > 0, largest >= UInt64(Int64.max) / powerOfTen(decimals).magnitude {
      decimals -= 1
    }
    return decimals
  }

  /// Gives all columns the same ticks: those of the finest column, or the finest that fit all of
  /// them.
  static func aligned(_ columns: inout [TimeColumn]) {
    let wanted = columns.map(\.decimals).max() ?? 0
    guard columns.contains(where: { $0.decimals != wanted }) else { return }
    let decimals = min(wanted, decimals(for: columns.map(\.largest).max() ?? 0))
    for column in columns.indices where columns[column].decimals != decimals {
      columns[column].rescale(to: decimals)
    }
  }
}
