public import CorralData
import CorralVectors

/// Learns how often each item occurs in the batches of a stream, in constant memory.
///
/// Algorithms 2 and 3 of Yi and others (RecSys 2019): every bucket keeps the step A at which it was
/// last hit and the running mean B of the gaps between hits,
/// `B <- (1 - alpha) B + alpha (t - A)`, and an item's estimate is `1 / max_i B_i` over its buckets
/// in m arrays, each with a hash of its own. A collision merges two streams and shortens the gap, so
/// the largest gap is the least disturbed.
///
/// Memory is `12 m H` bytes and never grows; a batch costs m bucket look-ups an item. Ids are item
/// positions, hashed, so that a catalogue may grow while the stream runs.
public struct FrequencyEstimator: Sendable, Equatable {
  /// The settings it was made with.
  public let settings: FrequencyEstimatorSettings
  /// The number of batches it has learned from: the step t.
  public private(set) var step: Int
  /// The buckets of all arrays, array after array.
  var cells: [Cell]
  private let addresses: BucketAddresses

  /// One bucket: a gap of zero marks one that was never hit.
  struct Cell: Sendable, Equatable, BitwiseCopyable {
    /// The running mean B of the steps between hits.
    var gap: Float
    /// The step A of the last hit, modulo 2^32, so that gaps stay right beyond it.
    var lastSeen: Int32
    /// The number of hits, which stops counting at the largest number.
    var hits: Int32
  }

  /// An estimator that has seen nothing yet; traps on settings that `validate()` refuses.
  public init(_ settings: FrequencyEstimatorSettings = FrequencyEstimatorSettings()) {
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

  /// Gaps are never smaller: an estimate is at most 1,000 occurrences a batch.
  public static let smallestGap: Float = 1e-3

  /// The estimates for a batch as they stood before it, which the batch then updates.
  public mutating func observe(_ batch: [ItemIndex]) -> [Float] {
    let estimates = estimate(batch)
    update(batch)
    return estimates
  }

  /// The estimate of each item: occurrences, or presence, in a batch (see `Semantics`).
  ///
  /// An item that was never seen has `1 / priorGap`.
  public func estimate(_ items: [ItemIndex]) -> [Float] {
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
  public mutating func update(_ batch: [ItemIndex]) {
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
  /// The weight of the next gap of a bucket that was hit so often.
  fileprivate func rate(afterHits hits: Int32) -> Float {
    switch start {
    case .paper: alpha
    case .firstSight: max(alpha, 1 / (Float(hits) + 1))
    }
  }
}
