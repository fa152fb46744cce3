package import CorralEvaluation
package import CorralText
import Foundation

/// A retriever with a ranker after it as tables: what `evaluate` and `train` print of a pair.
package enum TwoStageTables {
  /// A row for each metric: the retriever alone, both stages, and the most that a ranker could reach.
  ///
  /// The measures are those whose value depends on the order, at every cut-off of the tests.
  package static func lifts(_ report: TwoStageReport) -> Table {
    var table = Table([
      ("metric", .left), ("retriever", .right), ("two stages", .right), ("change", .right),
      ("95% interval", .right), ("p", .right), ("", .left), ("ceiling", .right),
    ])
    for lift in report.lifts where shows(lift.metric) {
      table.add(
        cells(lift) + [report.ceilings["\(lift.metric)"].map { Format.metric($0.mean) } ?? ""])
    }
    return table
  }

  /// A row for each number of candidates, with one metric; the ceiling is the retriever's recall.
  package static func sweep(_ report: TwoStageReport, metric: String) -> Table {
    var table = Table([
      ("candidates", .right), ("ceiling", .right), (metric, .right), ("change", .right),
      ("95% interval", .right), ("p", .right), ("", .left),
    ])
    for cut in report.sweep {
      guard let lift = cut.lifts.first(where: { "\($0.metric)" == metric }) else { continue }
      table.add(
        [Format.count(cut.candidates), Format.metric(cut.ceiling.mean)] + cells(lift).dropFirst(2))
    }
    return table
  }

  private static func cells(_ lift: PairedTest) -> [String] {
    [
      "\(lift.metric)", Format.metric(lift.baseline), Format.metric(lift.mean),
      Format.change(from: lift.baseline, to: lift.mean),
      String(format: "%+.4f to %+.4f", lift.difference.low, lift.difference.high),
      Format.pValue(lift.p), lift.stars,
    ]
  }

  private static func shows(_ metric: Metric) -> Bool {
    switch metric.measure {
    case .recall, .ndcg, .mrr: true
    case .cappedRecall, .hit, .popularity, .coverage: false
    }
  }
}
