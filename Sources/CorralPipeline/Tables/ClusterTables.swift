package import CorralIndex
package import CorralText
package import CorralTraining
import Foundation

/// Clusters and what foretells them, as text.
package enum ClusterTables {
  /// What was clustered, in one line.
  package static func line(_ summary: ClusterSummary) -> String {
    let sizes = summary.sizes.sorted()
    var line =
      "clusters: \(summary.sizes.count) of \(summary.origin), "
      + "\(Format.count(sizes.first ?? 0)) to \(Format.count(sizes.last ?? 0)) items"
    if summary.merged > 0 {
      line += ", \(Format.counted(summary.merged, "small cluster")) merged into others"
    }
    return line
  }

  /// How well the clusters of users' next items are foretold, in one line.
  package static func line(_ report: IntentReport) -> String {
    String(
      format: "intent: right for %.1f%% of users, loss %.4f at temperature %.2f, "
        + "calibration error %.3f on validation",
      100 * report.accuracy, report.loss, report.temperature, report.calibrationError)
  }

  /// A bar for each range of probabilities: how often the most probable cluster was right.
  package static func reliability(_ report: IntentReport) -> Table {
    var table = Table([
      ("foretold", .right), ("right", .right), ("users", .right), ("", .left),
    ])
    for bin in report.bins {
      table.add([
        String(format: "%.2f", bin.confidence), String(format: "%.2f", bin.accuracy),
        Format.count(bin.users),
        String(repeating: "\u{2588}", count: Int((bin.accuracy * 20).rounded())),
      ])
    }
    return table
  }

  /// A row for each cluster: its size, its share of interactions, and items that stand for it.
  package static func clusters(_ summary: ClusterSummary, titles: [[String]]) -> Table {
    let hasNames = !summary.names.isEmpty
    var table = Table(
      [("cluster", .right)] + (hasNames ? [("name", .left)] : [])
        + [("items", .right), ("interactions", .right), ("such as", .left)], widest: 60)
    for cluster in summary.sizes.indices {
      table.add(
        ["\(cluster)"] + (hasNames ? [summary.names[cluster].shown] : [])
          + [
            Format.count(summary.sizes[cluster]), Format.percent(Double(summary.shares[cluster])),
            titles[cluster].joined(separator: ", "),
          ])
    }
    return table
  }
}
