import CorralVectors

/// Which arm of an experiment answers whom: the same on every machine, at every time.
///
/// Weighted rendezvous hashing (Thaler and Ravishankar, 1998; logarithmic weights by Schindelhauer
/// and Schomaker, 2005): each arm draws a number `u` in (0, 1) out of the salt, the arm's name and
/// the subject, and the arm with the smallest `-ln(u) / share` answers. Such a minimum belongs to an
/// arm with the probability of its share. When one arm's share changes, subjects only move to it or
/// away from it, as few as its change of the traffic asks for; so too when an arm comes or goes.
///
/// The hash is FNV-1a of 64 bits over the bytes, finished by SplitMix64; the logarithm uses only the
/// basic operations, which IEEE 754 rounds alike everywhere.
package struct ArmAssignment: Sendable {
  /// Who asks.
  package enum Subject: Sendable, Equatable {
    /// Somebody with an id.
    case user(String)
    /// Somebody anonymous, by the items that were met.
    case history([String])
    /// Somebody of whom nothing is known: every request draws anew.
    case request(String)

    /// The best of what is known of somebody.
    package init(user: String?, history: [String], request: String) {
      if let user {
        self = .user(user)
      } else if !history.isEmpty {
        self = .history(history)
      } else {
        self = .request(request)
      }
    }
  }

  private struct Weighted: Sendable {
    let place: Int
    let key: UInt64
    let share: Double
  }

  private let experiment: Experiment
  private let salt: ByteHash
  private let arms: [Weighted]

  /// The assignment of an experiment.
  ///
  /// - Throws: `ServiceError.badField` for arms that cannot divide traffic.
  package init(_ experiment: Experiment) throws {
    try experiment.validate()
    self.experiment = experiment
    var salt = ByteHash()
    salt.append(experiment.salt)
    self.salt = salt
    arms = experiment.arms.enumerated().compactMap { place, arm in
      var hash = ByteHash()
      hash.append(arm.name)
      return arm.share == 0 ? nil : Weighted(place: place, key: hash.value, share: arm.share)
    }
  }

  /// The arm that answers somebody; about 100 ns for two arms.
  package func arm(for subject: Subject) -> Experiment.Arm {
    var hash = salt
    switch subject {
    case .user(let id):
      hash.append(byte: 0)
      hash.append(id)
    case .history(let items):
      hash.append(byte: 1)
      for item in items { hash.append(item) }
    case .request(let id):
      hash.append(byte: 2)
      hash.append(id)
    }
    let drawn = hash.value
    var best = (place: arms[0].place, distance: Double.infinity)
    for arm in arms {
      let bits = SplitMix64.finalised(drawn ^ arm.key) >> 12
      // In the middle between two neighbours of 52 bits, so that neither end is ever drawn.
      let distance = Self.negativeLog((Double(bits) + 0.5) * 0x1p-52) / arm.share
      if distance < best.distance { best = (arm.place, distance) }
    }
    return experiment.arms[best.place]
  }

  /// The arm with a name, for a request that asks for it; `nil` for an unknown one.
  package func arm(named name: String) -> Experiment.Arm? {
    experiment.arms.first { $0.name == name }
  }

  /// `-ln(u)` for `0 < u < 1`, by basic operations alone.
  ///
  /// With `u = m 2^e` and `m` around 1, `ln m = 2 artanh((m - 1) / (m + 1))`, a series whose terms
  /// fall by a factor of 34.
  package static func negativeLog(_ u: Double) -> Double {
    var (m, e) = (u.significand, Double(u.exponent))
    if m > 1.4142135623730951 { (m, e) = (m / 2, e + 1) }
    let t = (m - 1) / (m + 1)
    let square = t * t
    var sum = 0.0
    for odd in stride(from: 23.0, through: 1, by: -2) { sum = sum * square + 1 / odd }
    return -(e * 0.6931471805599453 + 2 * t * sum)
  }
}

/// FNV-1a of 64 bits (Fowler, Noll and Vo), finished by SplitMix64.
///
/// Each text is followed by its length, so that texts do not run into each other.
private struct ByteHash: Sendable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func append(byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      for byte in bytes { append(byte: byte) }
      for shift in 0..<8 {
        append(byte: UInt8(truncatingIfNeeded: UInt64(bytes.count) >> (8 * UInt64(shift))))
      }
    }
  }

  /// The hash of what was appended: every bit depends on every byte.
  var value: UInt64 { mixed(state) }
}
