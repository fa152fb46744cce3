/// FNV-1a (Fowler, Noll and Vo), which unlike `Hasher` gives the same number in every process.
///
/// It is not cryptographic.
package struct FNVHash {
  /// The hash of what was combined so far.
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The hash of nothing.
  package init() {}

  /// The hash of bytes.
  package init(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { combine(UInt64(byte)) }
  }

  /// Adds one unit: a byte as FNV-1a has it, or a whole number in one step.
  @inline(__always)
  package mutating func combine(_ unit: UInt64) { value = (value ^ unit) &* 0x100_0000_01B3 }
}
