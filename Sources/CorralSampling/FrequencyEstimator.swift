package import CorralData
import CorralVectors

/// Learns how often each item occurs in the batches of a stream, in constant memory.
///
/// Algorithms 2 and 3 of Yi and others (RecSys 2019): every bucket keeps the step A at which it was
/// last hit and the running mean B of the gaps between hits,
/// `B <- (1 - alpha) B + alpha (t - A)`, and an item's estimate is `1 / max_i B_i` over its buckets
/// in m arrays, each with a hash of its own. A collision merges two streams and shortens the gap, so
/// the largest gap is the least disturbed.
///
/// Memory is `12 m H` bytes and never grows; a batch costs m bucket look-ups per item. Item positions
/// are hashed, so that a catalogue may grow while the stream runs.
package struct FrequencyEstimator: Sendable, Equatable {
  /// The settings it was made with.
  package let settings: FrequencyEstimatorSettings
  /// The number of batches it has learned from: the step t.
  package private(set) var step: Int
  /// The buckets of all arrays, array after array.
  var cells: [Cell]
  private let addresses: BucketAddresses

  /// One bucket; a gap of zero means that it was never hit.
  struct Cell: Sendable, Equatable, BitwiseCopyable {
    /// The running mean B of the steps between hits.
    var gap: Float
    /// The step A of the last hit, modulo 2^32; gaps stay right beyond that.
    var lastSeen: Int32
    /// The number of hits; counting stops at the largest number.
    var hits: Int32
  }

  /// A new estimator; traps on settings that `validate()` refuses.
  package init(_ settings: FrequencyEstimatorSettings = FrequencyEstimatorSettings()) {
    let untouched = Cell(
      gap: settings.start == .paper ? settings.priorGap : 0, lastSeen: 0, hits: 0)
    self.init(
      settings, step: 0,
      cells: [Cell](repeating: untouched, count: max(0, settings.hashes &* settings.buckets)))
  }

  init(_ settings: FrequencyEstimatorSettings, step: Int, cells: [Cell]) {
    do { try settings.validate() } catch { fatalError("\(error)") }
    self.settings = settings
    self.step = step
    self.cells = cells
    addresses = BucketAddresses(settings)
  }

  /// The lower bound of gaps: an estimate is at most 1,000 occurrences per batch.
  package static let smallestGap: Float = 1e-3

  /// The estimates for a batch before it is learned; then learns it.
  package mutating func observe(_ batch: [ItemIndex]) -> [Float] {
    let estimates = estimate(batch)
    update(batch)
    return estimates
  }

  /// The estimate of each item: occurrences, or presence, in a batch (see `Semantics`).
  ///
  /// An item that was never seen has `1 / priorGap`.
  package func estimate(_ items: [ItemIndex]) -> [Float] {
    cells.withUnsafeBufferPointer { cells in
      items.map { item in
        var largest: Float = 0
        for array in 0..<settings.hashes {
          let gap = cells[addresses.position(of: item, in: array)].gap
          // An untouched bucket proves that the item is new, whatever its other buckets hold.
          if gap == 0 { return 1 / settings.priorGap }
          largest = max(largest, gap)
        }
        return 1 / largest
      }
    }
  }

  /// Learns from one batch, which is the next step of the stream.
  package mutating func update(_ batch: [ItemIndex]) {
    step += 1
    let now = Int32(truncatingIfNeeded: step)
    let settings = settings
    let addresses = addresses
    cells.withUnsafeMutableBufferPointer { cells in
      for item in batch {
        for array in 0..<settings.hashes {
          let position = addresses.position(of: item, in: array)
          var cell = cells[position]
          if cell.gap == 0 {
            cell = Cell(gap: settings.priorGap, lastSeen: now, hits: 1)
          } else {
            if settings.semantics == .inclusion, cell.lastSeen == now { continue }
            let fade = settings.rate(afterHits: cell.hits)
            let gap = Float(UInt32(bitPattern: now &- cell.lastSeen))
            cell.gap = max((1 - fade) * cell.gap + fade * gap, Self.smallestGap)
            cell.lastSeen = now
            cell.hits += cell.hits < .max ? 1 : 0
          }
          cells[position] = cell
        }
      }
    }
  }
}

extension FrequencyEstimatorSettings {
  /// The weight of the next gap of a bucket after a number of hits.
  fileprivate func rate(afterHits hits: Int32) -> Float {
    switch start {
    case .paper: alpha
    case .firstSight: max(alpha, 1 / (Float(hits) + 1))
    }
  }
}

/// What an estimator has learned, as flat arrays that any file format can hold.
extension FrequencyEstimator {
  /// The buckets of all arrays, array after array, `[hashes * buckets]` each, and the step.
  package struct State: Sendable, Codable, Equatable {
    /// The number of batches learned from.
    package var step: Int
    /// The running mean B of the steps between hits; 0 for a bucket that was never hit.
    package var gaps: [Float]
    /// The step A of the last hit, modulo 2^32.
    package var lastSeen: [Int32]
    /// The number of hits of each bucket.
    package var hits: [Int32]

    /// A state of saved arrays.
    package init(step: Int, gaps: [Float], lastSeen: [Int32], hits: [Int32]) {
      self.step = step
      self.gaps = gaps
      self.lastSeen = lastSeen
      self.hits = hits
    }
  }

  /// Everything learned so far; an estimator restored from it behaves the same, bit for bit.
  package var state: State {
    State(
      step: step, gaps: cells.map(\.gap), lastSeen: cells.map(\.lastSeen), hits: cells.map(\.hits))
  }

  /// An estimator that goes on from a saved state.
  ///
  /// - Throws: `SamplingError.state` when the arrays do not fit the settings.
  package init(_ settings: FrequencyEstimatorSettings, restoring state: State) throws {
    let expected = settings.hashes * settings.buckets
    for (name, count) in [
      ("gaps", state.gaps.count), ("lastSeen", state.lastSeen.count), ("hits", state.hits.count),
    ] where count != expected {
      throw SamplingError.state(
        array: name, found: count, expected: expected, hashes: settings.hashes,
        buckets: settings.buckets)
    }
    self.init(
      settings, step: state.step,
      cells: (0..<expected).map {
        Cell(gap: state.gaps[$0], lastSeen: state.lastSeen[$0], hits: state.hits[$0])
      })
  }
}

/// Finds the buckets of an item, one in each of the m hash arrays.
struct BucketAddresses: Sendable, Equatable {
  private let buckets: Int
  private let hashing: FrequencyEstimatorSettings.Hashing
  private let seeds: [UInt64]

  /// The addresses that settings describe; the same seed gives the same addresses everywhere.
  init(_ settings: FrequencyEstimatorSettings) {
    buckets = settings.buckets
    hashing = settings.hashing
    seeds = (0..<settings.hashes).map { array in
      var generator = SeededGenerator(seed: settings.seed, stream: UInt64(array))
      return generator.next()
    }
  }

  /// The position of an item's bucket of one array, among the buckets of all arrays.
  @inline(__always)
  func position(of item: ItemIndex, in array: Int) -> Int {
    switch hashing {
    case .identity:
      guard item.position < buckets else {
        fatalError("identity hashing with \(buckets) buckets has none for item \(item.position)")
      }
      return array * buckets + item.position
    case .independent:
      // A hash of the seeded position, scaled to the array by its upper bits.
      let hash = SplitMix64.finalised(
        UInt64(item.position) &* SplitMix64.goldenGamma ^ seeds[array])
      return array * buckets
        + Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(buckets)).high)
    }
  }
}
