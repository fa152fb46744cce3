import CorralVectors

/// What draws are for: each purpose has streams of its own, so that a draw follows from its address
/// and never from what was drawn before.
enum Purpose: UInt64 {
  case item = 1
  case age, fading, person, taste, leaving, season, visit, coin, randomList, mixture
}

extension SeededGenerator {
  /// The generator of one draw: of a purpose, and of up to two numbers.
  init(_ seed: UInt64, _ purpose: Purpose, _ first: Int = 0, _ second: Int = 0) {
    let place = mixed(mixed(seed, stream: purpose.rawValue), stream: UInt64(first))
    self.init(seed: mixed(place, stream: UInt64(second)))
  }
}

/// The hash of a coin: the same visit, item and place have the same coin under every policy.
func coin(_ seed: UInt64, visit: Int, item: Int, place: Int) -> Double {
  let own = mixed(mixed(seed, stream: Purpose.coin.rawValue), stream: UInt64(visit))
  let bits = mixed(mixed(own, stream: UInt64(item)), stream: UInt64(place))
  return Double(bits >> 11) * 0x1p-53
}
