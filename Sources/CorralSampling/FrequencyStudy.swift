import CorralData
import CorralVectors

/// The estimator study of Yi and others (RecSys 2019, section 6.1): how far the streaming estimate
/// is from the truth, and how it recovers when the truth changes.
///
/// Item i of `itemCount` has probability proportional to i^2, and from step `switchStep` on to
/// `(itemCount - 1 - i)^2`. Every batch is drawn without replacement. The error of a step is
/// `sum_i |p^_i - p_i| / (2 |B|)` with `p = |B| q`, over all items.
package struct FrequencyStudy: Sendable, Codable, Equatable {
  /// The number of items M.
  package var itemCount = 1000
  /// The number of items |B| of a batch.
  package var batch = 128
  /// The step after which the probabilities are mirrored.
  package var switchStep = 10_000
  /// The steps at which errors are read, in rising order.
  package var readings = [1_000, 5_000, 10_000, 11_000, 12_000, 15_000, 20_000]
  /// The number of streams that errors are the mean of.
  package var seeds = 5

  /// The published study, over five streams.
  package init() {}

  /// One estimator of the study.
  package struct Case: Sendable, Equatable {
    /// Its name in a table.
    package var name: String
    /// The estimator's settings.
    package var estimator: FrequencyEstimatorSettings
    /// The figures to compare with, by step; empty if none are known.
    package var reference: [Int: Double]

    /// An estimator to study.
    package init(
      name: String, estimator: FrequencyEstimatorSettings, reference: [Int: Double] = [:]
    ) {
      self.name = name
      self.estimator = estimator
      self.reference = reference
    }
  }

  /// The errors of one estimator.
  package struct Row: Sendable, Equatable {
    /// The estimator.
    package var `case`: Case
    /// The error at each reading, the mean over the streams.
    package var errors: [Reading]
  }

  /// The error at one step.
  package struct Reading: Sendable, Equatable {
    /// The number of batches seen.
    package var step: Int
    /// The measured error.
    package var error: Double
    /// The figure to compare with; `nil` if none is known.
    package var reference: Double?
  }

  /// Runs every case on the same streams; one row per case, in order.
  package func run(_ cases: [Case] = Self.cases) -> [Row] {
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
  /// A draw that repeats an item of its batch is drawn again: sequential sampling without replacement.
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
