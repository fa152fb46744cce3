package import CorralEvaluation
package import CorralText
import Foundation

extension EvaluationTables {
  /// How many targets no model can find because seen items are masked, and what to set, in lines;
  /// nothing where there are none.
  package static func masked(_ report: EvaluationReport) -> [String] {
    let counts = report.counts
    guard counts.maskedTargets > 0 else { return [] }
    let share =
      "\(Format.count(counts.maskedTargets)) of \(Format.counted(counts.targets, "target"))"
    return [
      "met before and masked, so that no model can find them: \(share);",
      (counts.maskedTargets == counts.targets ? "all metrics are 0 for that reason; " : "")
        + "evaluate.seen=ranked ranks items met before",
    ]
  }

  /// What is found through the index beside the exact figures, for the first measures of each cut-off;
  /// `nil` where nothing was measured through one.
  package static func index(_ report: EvaluationReport) -> Table? {
    guard let index = report.index else { return nil }
    var table = Table([
      ("metric", .left), ("exact", .right), ("through \(index.kind)", .right), ("change", .right),
    ])
    for (stage, title) in [("retriever", "retriever"), ("two_stage", "two stages")] {
      guard let found = index.stages[stage], let exact = report.stages[stage] else { continue }
      let metrics = exact.keys.compactMap { try? Metric(named: $0) }
        .filter { [.recall, .ndcg].contains($0.measure) }
        .sorted { ($0.measure.rawValue, $0.cutoff) < ($1.measure.rawValue, $1.cutoff) }
      for metric in metrics {
        guard let before = exact["\(metric)"], let after = found["\(metric)"] else { continue }
        table.add([
          index.stages.count > 1 ? "\(title) \(metric)" : "\(metric)",
          Format.metric(before.mean), Format.metric(after.mean),
          Format.change(from: before.mean, to: after.mean),
        ])
      }
    }
    return table
  }
}
