package import CorralSampling
package import CorralText
import CorralVectors
import Foundation

/// The study of the streaming frequency estimator (Yi and others, 2019, section 6.1): its errors
/// beside the known figures.
package struct FrequencyEstimatorStudy {
  package static let name = "frequency-estimator"
  package static let question = """
    How far is the streaming estimate of item frequencies from the truth, how fast does it recover \
    when the truth changes, and what do more hash arrays of the same total size buy?
    """

  /// The settings of the study.
  package struct Options: Codable {
    package var experiment = FrequencyEstimatorStudy.name
    package var study = FrequencyStudy()

    /// The study as the paper describes it.
    package init() {}
  }

  /// The error at one step, beside the known figure.
  package struct Reading: Codable {
    package var step: Int
    package var error: Double
    package var reference: Double?
  }

  /// The readings of one estimator.
  package struct Row: Codable {
    package var name: String
    package var estimator: FrequencyEstimatorSettings
    package var readings: [Reading]
  }

  /// What `--json` prints.
  package struct Results: Codable {
    package var experiment = FrequencyEstimatorStudy.name
    package var study: FrequencyStudy
    package var rows: [Row]
    /// The largest relative distance from a known figure.
    package var worstDeviation: Double
    package var seconds: Double

    private enum CodingKeys: String, CodingKey {
      case experiment, study, rows, seconds
      case worstDeviation = "worst_deviation"
    }
  }

  package let options: Options

  /// A study with its options.
  package init(options: Options) { self.options = options }

  /// Runs every case on the same streams.
  package func run(note: (String) -> Void) -> Results {
    let start = ContinuousClock.now
    let study = options.study
    note(
      """
      \(FrequencyStudy.cases.count) estimators, \(Format.count(study.readings.last ?? 0)) batches \
      of \(study.batch), \(study.seeds) streams
      """)
    let rows = study.run().map { row in
      Row(
        name: row.case.name, estimator: row.case.estimator,
        readings: row.errors.map {
          Reading(step: $0.step, error: $0.error, reference: $0.reference)
        })
    }
    let deviations = rows.flatMap(\.readings).compactMap { reading in
      reading.reference.map { abs(reading.error / $0 - 1) }
    }
    return Results(
      study: study, rows: rows, worstDeviation: deviations.max() ?? 0,
      seconds: (ContinuousClock.now - start).inSeconds)
  }
}

extension FrequencyEstimatorStudy.Results {
  /// A table of the errors by step; the known figure stands after a slash.
  package var tables: [(title: String, table: Table)] {
    var table = Table(
      [("estimator", .left)]
        + study.readings.map { ("t=\(Format.count($0))", .right) })
    for row in rows {
      table.add(
        [row.name]
          + row.readings.map { reading in
            let known = reading.reference.map { String(format: " / %.3f", $0) } ?? ""
            return String(format: "%.3f", reading.error) + known
          })
    }
    let title = """
      error of the estimate / the figure known for it; the truth changes after \
      \(Format.count(study.switchStep)); largest deviation \(Format.percent(worstDeviation))
      """
    return [(title, table)]
  }
}
