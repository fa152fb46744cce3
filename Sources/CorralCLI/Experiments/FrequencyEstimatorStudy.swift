import CorralSampling
import Foundation

/// The study of the streaming frequency estimator (Yi and others, 2019, section 6.1), as tables
/// beside the figures that are known for it.
struct FrequencyEstimatorStudy {
  static let name = "frequency-estimator"
  static let question = """
    How far is the streaming estimate of item frequencies from the truth, how fast does it recover \
    when the truth changes, and what do more hash arrays of the same total size buy?
    """

  /// What the study can be told.
  struct Options: Codable {
    var experiment = FrequencyEstimatorStudy.name
    var study = FrequencyStudy()
  }

  /// One error at one step, beside the known figure.
  struct Reading: Codable {
    var step: Int
    var error: Double
    var reference: Double?
  }

  /// One estimator.
  struct Row: Codable {
    var name: String
    var estimator: FrequencyEstimatorSettings
    var readings: [Reading]
  }

  /// What `--json` prints.
  struct Results: Codable {
    var experiment = FrequencyEstimatorStudy.name
    var study: FrequencyStudy
    var rows: [Row]
    /// The largest relative distance from a known figure.
    var worstDeviation: Double
    var seconds: Double

    private enum CodingKeys: String, CodingKey {
      case experiment, study, rows, seconds
      case worstDeviation = "worst_deviation"
    }
  }

  let options: Options

  /// Runs every case on the same streams.
  func run(console: Console) -> Results {
    let start = ContinuousClock.now
    let study = options.study
    console.note(
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
  /// The errors by step, each with the known figure after a stroke.
  var tables: [(title: String, table: Table)] {
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
