package import CorralEvaluation
package import CorralText
import Foundation

/// Evaluations as tables: what `evaluate`, `train` and `quickstart` print.
package enum EvaluationTables {
  /// What the numbers are of: a number without it can be off by a factor of two.
  package static func protocolLine(_ report: EvaluationReport) -> String {
    let rules = report.protocolInUse
    return """
      \(rules.split), seen items \(rules.masked ? "masked" : "ranked"), \(rules.candidates), \
      \(Format.counted(report.counts.users, "user"))
      """.foldedAtCommas
  }

  /// A row for each measure, a column for each cut-off; `±` is half of the 95% interval.
  package static func metrics(_ stage: [String: Interval]) -> Table {
    let metrics = stage.keys.compactMap { try? Metric(named: $0) }
    let cutoffs = Set(metrics.map(\.cutoff)).sorted()
    var table = Table([("metric", .left)] + cutoffs.map { ("@\($0)", .right) })
    for measure in Measure.allCases where metrics.contains(where: { $0.measure == measure }) {
      table.add(
        [measure.rawValue]
          + cutoffs.map { cutoff in
            stage["\(measure.rawValue)@\(cutoff)"].map(cell) ?? ""
          })
    }
    return table
  }

  /// A row for each slice, with one metric and a bar as long as it is large.
  package static func slices(_ slices: [String: [String: EvaluationReport.Slice]], metric: String)
    -> Table
  {
    let largest = slices.values.flatMap(\.values).compactMap { $0.metrics[metric]?.mean }.max() ?? 0
    var table = Table([
      ("slice", .left), ("users", .right), ("targets", .right), (metric, .right), ("", .left),
    ])
    for (kind, order) in [
      ("items", ["head", "middle", "tail", "cold"]), ("users", ["light", "regular", "heavy"]),
    ] {
      for name in order {
        guard let slice = slices[kind]?[name], slice.users > 0 else { continue }
        let value = slice.metrics[metric]
        let share = largest > 0 ? (value?.mean ?? 0) / largest : 0
        table.add([
          "\(name) \(kind)", Format.count(slice.users), Format.count(slice.targets),
          value.map(cell) ?? "-", Plot.bar(share, width: 20),
        ])
      }
    }
    return table
  }

  /// A metric that is worth a bar: `ndcg@10`, or the first rank measure there is.
  package static func headline(of stage: [String: Interval]) -> String {
    if stage["ndcg@10"] != nil { return "ndcg@10" }
    return stage.keys.sorted().first { name in
      (try? Metric(named: name)).map { ![.coverage, .popularity].contains($0.measure) } ?? false
    } ?? ""
  }

  private static func cell(_ interval: Interval) -> String {
    let half = (interval.high - interval.low) / 2
    return Format.metric(interval.mean) + (half > 0 ? String(format: " ±%.4f", half) : "")
  }
}
