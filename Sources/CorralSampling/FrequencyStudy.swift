import CorralData
import CorralVectors

/// The estimator study of Yi and others (RecSys 2019, section 6.1): how far the streaming estimate
/// is from the truth, and how it recovers when the truth changes.
///
/// Item i of `itemCount` has probability proportional to i^2, and from step `switchStep` on to
/// `(itemCount - 1 - i)^2`. Every batch is drawn without replacement. The error of a step is
/// `sum_i |p^_i - p_i| / (2 |B|)` with `p = |B| q`, over all items.
public struct FrequencyStudy: Sendable, Codable, Equatable {
  /// The number of items M.
  public var itemCount = 1000
  /// The number of items |B| of a batch.
  public var batch = 128
  /// The step after which the probabilities are mirrored.
  public var switchStep = 10_000
  /// The steps at which errors are read, in rising order.
  public var readings = [1_000, 5_000, 10_000, 11_000, 12_000, 15_000, 20_000]
  /// The number of streams that errors are the mean of.
  public var seeds = 5

  /// The published study, over five streams.
  public init() {}

  /// One estimator of the study.
  public struct Case: Sendable, Equatable {
    /// What is special about it, in words for a table.
    public var name: String
    /// The estimator's settings.
    public var estimator: FrequencyEstimatorSettings
    /// The figures to compare with, by step; empty where none are known.
    public var reference: [Int: Double]

    /// An estimator to study.
    public init(
      name: String, estimator: FrequencyEstimatorSettings, reference: [Int: Double] = [:]
    ) {
      self.name = name
      self.estimator = estimator
      self.reference = reference
    }
  }

  /// What one estimator did.
  public struct Row: Sendable, Equatable {
    /// The estimator.
    public var `case`: Case
    /// The error at each reading, the mean over the streams.
    public var errors: [Reading]
  }

  /// An error that was read.
  public struct Reading: Sendable, Equatable {
    /// The number of batches seen.
    public var step: Int
    /// The measured error.
    public var error: Double
    /// The figure to compare with, where one is known.
    public var reference: Double?
  }

  /// Runs every case on the same streams; one row a case, in order.
  public func run(_ cases: [Case] = Self.cases) -> [Row] {
    var totals = [[Double]](
      repeating: [Double](repeating: 0, count: readings.count), count: cases.count)
    for seed in 0..<seeds {
      let stream = stream(seed: UInt64(seed))
      let found = Parallel.map(cases.count, grain: 1) { chunk in
        chunk.map { errors(of: cases[$0].estimator, on: stream, seed: UInt64(seed)) }
      }
      for (position, errors) in found.joined().enumerated() {
        for reading in readings.indices { totals[position][reading] += errors[reading] }
      }
    }
    return zip(cases, totals).map { studied, totals in
      Row(
        case: studied,
        errors: zip(readings, totals).map { step, total in
          Reading(
            step: step, error: total / Double(seeds), reference: studied.reference[step])
        })
    }
  }

  /// The probability of every item in one draw, before or after the switch.
  func probabilities(afterSwitch: Bool) -> [Double] {
    let weights = (0..<itemCount).map { item in
      let weight = Double(afterSwitch ? itemCount - 1 - item : item)
      return weight * weight
    }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// The items of all batches up to the last reading, batch after batch.
  ///
  /// Draws that repeat an item of their batch are drawn again, which is drawing one after another
  /// without replacement.
  private func stream(seed: UInt64) -> [ItemIndex] {
    let steps = readings.last ?? 0
    var rng = SeededGenerator(seed: seed, stream: 1)
    let tables = [false, true].map { AliasTable(weights: probabilities(afterSwitch: $0)) }
    var lastBatch = [Int](repeating: -1, count: itemCount)
    var items: [ItemIndex] = []
    items.reserveCapacity(steps * batch)
    for step in 0..<steps {
      let table = tables[step < switchStep ? 0 : 1]
      var drawn = 0
      while drawn < batch {
        let item = table.draw(using: &rng)
        if lastBatch[item] == step { continue }
        lastBatch[item] = step
        items.append(ItemIndex(item))
        drawn += 1
      }
    }
    return items
  }

  /// The errors of one estimator at every reading of one stream; its hashes follow the seed.
  private func errors(
    of settings: FrequencyEstimatorSettings, on stream: [ItemIndex], seed: UInt64
  ) -> [Double] {
    var settings = settings
    settings.seed = seed
    var estimator = FrequencyEstimator(settings)
    let everyItem = (0..<itemCount).map { ItemIndex($0) }
    var errors: [Double] = []
    for reading in readings {
      while estimator.step < reading {
        let start = estimator.step * batch
        estimator.update(Array(stream[start..<start + batch]))
      }
      let truth = probabilities(afterSwitch: reading > switchStep)
      let distance = zip(estimator.estimate(everyItem), truth).reduce(0.0) {
        $0 + abs(Double($1.0) - Double(batch) * $1.1)
      }
      errors.append(distance / Double(2 * batch))
    }
    return errors
  }
}
