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
    table(
      of: stage, under: "metric", names: Measure.allCases.map(\.rawValue),
      cutoffs: stage.keys.compactMap { try? Metric(named: $0).cutoff })
  }

  /// A row for each measure of the lists, a column for each cut-off; `nil` where there are none.
  package static func lists(_ report: EvaluationReport) -> Table? {
    if report.lists.isEmpty { return nil }
    return table(
      of: report.lists, under: "lists", names: ListMeasure.allCases.map(\.rawValue),
      cutoffs: report.lists.keys.compactMap { ListMetric(named: $0)?.cutoff })
  }

  /// What the lists were measured by, in lines; `nil` if that was not clusters.
  package static func listsLine(_ report: EvaluationReport) -> String? {
    guard let basis = report.listBasis, let count = basis.clusters else { return nil }
    return """
      by \(basis.origin ?? Format.counted(count, "cluster")), \
      minor: below \(Format.percent(basis.minorShare)) of a history, miscalibration: 0 is best
      """.foldedAtCommas
  }

  private static func table(
    of values: [String: Interval], under heading: String, names: [String], cutoffs: [Int]
  ) -> Table {
    let cutoffs = Set(cutoffs).sorted()
    var table = Table([(heading, .left)] + cutoffs.map { ("@\($0)", .right) })
    for name in names {
      let row = cutoffs.map { values["\(name)@\($0)"] }
      if row.allSatisfy({ $0 == nil }) { continue }
      table.add([name] + row.map { $0.map(cell) ?? "" })
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
