extension Field {
  /// The decimal number that the field spells, or `nil`.
  ///
  /// Numbers of up to 18 digits and 22 places are read exactly from the bytes. All others
  /// (exponents, `nan`, `inf`) go through the standard library.
  @inline(__always)
  var number: Double? {
    var at = 0
    var isNegative = false
    if count > 0, start[0] == Byte.minus {
      isNegative = true
      at = 1
    }
    var mantissa: UInt64 = 0
    let first = at
    while at < count {
      let digit = start[at] &- Byte.zero
      if digit > 9 { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      at += 1
    }
    var digits = at - first
    var places = 0
    if at < count, start[at] == Byte.dot {
      at += 1
      let point = at
      while at < count {
        let digit = start[at] &- Byte.zero
        if digit > 9 { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        at += 1
      }
      places = at - point
      digits += places
    }
    // A mantissa below 2^53 divided by a power of ten up to 10^22 is rounded once: exact.
    guard at == count, digits > 0, digits <= 18, mantissa < 1 << 53, places <= 22 else {
      return spelledNumber
    }
    let magnitude = Double(mantissa) / powersOfTen[places]
    return isNegative ? -magnitude : magnitude
  }

  /// The slow path of `number`.
  @inline(never)
  private var spelledNumber: Double? {
    guard count > 0, count < 400 else { return nil }
    // The standard library reads hexadecimal numbers, which are mistakes in a data file.
    guard !bytes.contains(where: { $0 | 0x20 == 0x78 }) else { return nil }
    return Double(String(decoding: bytes, as: UTF8.self))
  }
}

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]
