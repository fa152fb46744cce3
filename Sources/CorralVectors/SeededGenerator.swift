import Foundation

/// A seeded random number generator: the same seed and stream give the same numbers everywhere.
///
/// xoshiro256++ (Blackman and Vigna, 2019), its state filled by SplitMix64. The whole state is
/// `Codable`, so a run that is saved and resumed draws what it would have drawn.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable, Codable {
  private var s0, s1, s2, s3: UInt64

  /// A generator for one purpose: streams of the same seed are independent of each other.
  public init(seed: UInt64, stream: UInt64 = 0) {
    let state = seed &+ stream &* 0xD1B5_4A32_D192_ED03
    s0 = mixed(state)
    s1 = mixed(state, stream: 1)
    s2 = mixed(state, stream: 2)
    s3 = mixed(state, stream: 3)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let result = rotated(s0 &+ s3, by: 23) &+ s0
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = rotated(s3, by: 45)
    return result
  }

  /// A number drawn uniformly from `0..<1`, with 53 random bits.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A whole number drawn uniformly from `0..<bound`, without bias (Lemire, 2019).
  public mutating func next(below bound: Int) -> Int {
    precondition(bound > 0, "next(below:) needs a positive bound")
    return Int(truncatingIfNeeded: next(upperBound: UInt64(bound)))
  }

  /// A number drawn from the standard normal distribution (Marsaglia's polar method).
  package mutating func normal() -> Double {
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let square = x * x + y * y
      if square > 0, square < 1 { return x * (-2 * log(square) / square).squareRoot() }
    }
  }

  private func rotated(_ value: UInt64, by count: UInt64) -> UInt64 {
    (value << count) | (value >> (64 - count))
  }
}

extension SeededGenerator {
  /// The numbers `0..<count` in a random order, each order as likely as any other.
  ///
  /// The order depends on the generator's state alone (Fisher and Yates), not on the standard
  /// library's version.
  package mutating func permutation(_ count: Int) -> [Int] {
    var numbers = Array(0..<count)
    shuffle(&numbers)
    return numbers
  }

  /// Puts elements in a random order, each order as likely as any other.
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, next(below: last + 1))
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014), which is a hash as much as a generator.
///
/// `CKernelsRandom.h` has the same for C and C++.
@usableFromInline
package enum SplitMix64 {
  /// What the state grows by from one number to the next.
  @inlinable package static var goldenGamma: UInt64 { 0x9E37_79B9_7F4A_7C15 }

  /// The number of a state: every bit of it depends on every bit of the state.
  @inlinable @inline(__always)
  package static func finalised(_ state: UInt64) -> UInt64 {
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A hash of a number: the first that SplitMix64 draws from the state `value`.
@inlinable @inline(__always)
package func mixed(_ value: UInt64) -> UInt64 {
  SplitMix64.finalised(value &+ SplitMix64.goldenGamma)
}

/// A seed out of a seed and a number: what SplitMix64 draws from the state `seed` after `stream` others.
@inlinable @inline(__always)
package func mixed(_ seed: UInt64, stream: UInt64) -> UInt64 {
  SplitMix64.finalised(seed &+ (stream &+ 1) &* SplitMix64.goldenGamma)
}
