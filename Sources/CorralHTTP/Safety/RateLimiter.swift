import Synchronization

/// A bucket of tokens for each sender: full at the beginning, filled at a steady rate.
package final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var time: ContinuousClock.Instant
  }

  /// How many senders are remembered.
  private static let most = 65_536

  private let rate: Double
  private let burst: Double
  private let buckets = Mutex<[Int: Bucket]>([:])

  /// Buckets of so many tokens, filled with so many a second.
  package init(rate: Double, burst: Double) {
    self.rate = rate
    self.burst = max(1, burst)
  }

  /// Takes a token; returns the whole seconds to wait where there is none, else `nil`.
  package func wait(of sender: Int, at now: ContinuousClock.Instant = .now) -> Int? {
    buckets.withLock { buckets in
      // A full bucket says nothing, so that those can be forgotten.
      if buckets.count >= Self.most, buckets[sender] == nil {
        buckets = buckets.filter { filled($0.value, at: now) < burst }
        if buckets.count >= Self.most { buckets = [:] }
      }
      var bucket = buckets[sender] ?? Bucket(tokens: burst, time: now)
      bucket.tokens = filled(bucket, at: now)
      bucket.time = now
      let isAllowed = bucket.tokens >= 1
      if isAllowed { bucket.tokens -= 1 }
      buckets[sender] = bucket
      return isAllowed ? nil : max(1, Int(((1 - bucket.tokens) / rate).rounded(.up)))
    }
  }

  private func filled(_ bucket: Bucket, at now: ContinuousClock.Instant) -> Double {
    let passed = now - bucket.time
    let seconds =
      Double(passed.components.seconds) + Double(passed.components.attoseconds) * 1e-18
    return min(burst, bucket.tokens + max(0, seconds) * rate)
  }
}

/// The bytes of bodies that may be held at the same time.
package final class BodyBudget: Sendable {
  private let most: Int
  private let taken = Atomic<Int>(0)

  /// A budget of so many bytes.
  package init(_ most: Int) { self.most = most }

  /// Takes bytes out of the budget; returns whether there were enough.
  package func take(_ bytes: Int) -> Bool {
    let (before, _) = taken.add(bytes, ordering: .relaxed)
    guard before + bytes > most else { return true }
    // One body alone is let through, however small the budget.
    if before == 0 { return true }
    taken.subtract(bytes, ordering: .relaxed)
    return false
  }

  /// Gives bytes back.
  package func give(_ bytes: Int) { taken.subtract(bytes, ordering: .relaxed) }
}
