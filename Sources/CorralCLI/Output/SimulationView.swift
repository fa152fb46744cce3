import CorralSimulation
import CorralText
import Foundation

/// What a simulation found, as text and as a drawing.
enum SimulationView {
  /// A row for each day and policy, and one for each policy in all.
  static func table(_ reports: [DayReport], totals: [DayReport]) -> Table {
    var table = Table([
      ("day", .right), ("policy", .left), ("rate", .right), ("expected", .right), ("best", .right),
      ("popular", .right), ("random", .right), ("new", .right), ("tail", .right),
    ])
    for report in reports + totals {
      table.add([
        report.day.map { "\($0)" } ?? "all", report.policy, rate(report.clickRate),
        Format.percent(report.expected), Format.percent(report.best),
        Format.percent(report.popular), Format.percent(report.random),
        Format.percent(report.newShare), Format.percent(report.tailShare),
      ])
    }
    return table
  }

  /// A rate and half of its interval: `4.1% ±0.3`.
  static func rate(_ rate: DayReport.Rate) -> String {
    Format.percent(rate.rate) + String(format: " ±%.1f", 50 * (rate.high - rate.low))
  }

  /// A line for each policy: its expected click rate by day, as a share of the best.
  static func trends(_ reports: [DayReport], names: [String]) -> String {
    let widest = names.map(\.displayWidth).max() ?? 0
    return names.map { name in
      let shares = reports.filter { $0.policy == name }
        .map { $0.best > 0 ? $0.expected / $0.best : .nan }
      let (first, last) = (shares.first ?? .nan, shares.last ?? .nan)
      return "\(name.fitted(to: widest))  \(Plot.sparkline(shares))  "
        + "\(Format.percent(first)) to \(Format.percent(last)) of the best lists"
    }.joined(separator: "\n")
  }

  /// Expected click rates by day, of each policy and of what they are compared with.
  ///
  /// The best and the popular lists follow from what people clicked before, which differs between
  /// policies: those of the first policy are drawn.
  static func chart(_ reports: [DayReport], names: [String]) -> Chart {
    func series(_ name: String, of policy: String?, _ value: (DayReport) -> Double) -> Chart.Series
    {
      Chart.Series(
        name: name,
        points: reports.filter { $0.policy == policy }.map { report in
          Chart.Point(x: Double(report.day ?? 0), y: 100 * value(report))
        })
    }
    let own = names.map { series($0, of: $0, \.expected) }
    let bounds = [
      series("best lists", of: names.first, \.best),
      series("the same for everybody", of: names.first, \.popular),
      series("random lists", of: names.first, \.random),
    ]
    return Chart(
      title: "Click rate by day", xLabel: "day", yLabel: "expected click rate, %",
      series: own + bounds)
  }

  /// What of a policy's lists could not be clicked, a line each.
  static func warnings(of total: DayReport) -> [String] {
    func line(_ count: Int, _ what: String) -> [String] {
      guard count > 0 else { return [] }
      return [
        "\(total.policy): \(Format.counted(count, "place")) of \(Format.count(total.places)) \(what)"
      ]
    }
    let foreign = total.unknown * 2 > total.places
    return line(total.missing, "stayed empty, since lists were shorter than asked for")
      + line(
        total.unknown,
        "held items that are not in the catalogue of the day"
          + (foreign
            ? "; was the model trained on the log of another world? Give the options of the log"
            : ""))
      + line(total.repeated, "held items that the visitor had clicked, or one item twice")
  }
}
