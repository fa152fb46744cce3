package import CorralEvaluation
package import CorralText
import Foundation

/// What a model's lists are like as `clusters.alpha` turns from many clusters to the user's best.
package struct AlphaCurve: Sendable {
  /// The model's lists at one alpha.
  package struct Stop: Sendable {
    package let alpha: Double
    package let evaluation: Evaluation

    /// Creates a stop.
    package init(alpha: Double, evaluation: Evaluation) {
      (self.alpha, self.evaluation) = (alpha, evaluation)
    }
  }

  /// The model's name.
  package let name: String
  /// In the order in which a line joins them.
  package let stops: [Stop]

  /// Creates a curve.
  package init(name: String, stops: [Stop]) {
    (self.name, self.stops) = (name, stops)
  }
}

extension Chart {
  /// Draws a metric against a measure of the lists, with a point for each alpha.
  ///
  /// Throws `EvaluationError` for a metric that was not measured, and `PipelineError` for such a
  /// measure of the lists.
  package init(_ curves: [AlphaCurve], of metric: Metric, against lists: ListMetric) throws {
    self.init(
      title: "\(metric) against \(lists.measure.inWords), by alpha",
      xLabel: "\(lists): \(lists.measure.inWords), \(lists.measure.unit)",
      yLabel: "\(metric), mean over users", labelName: "alpha",
      series: try curves.map { curve in
        Series(
          name: curve.name,
          points: try curve.stops.map { stop in
            guard let x = stop.evaluation.lists?.value(of: lists) else {
              throw PipelineError.other(
                "\(lists) of \(curve.name) was not measured: measure its lists by clusters, at the "
                  + "cut-off \(lists.cutoff)")
            }
            return Point(
              x: x, y: try stop.evaluation.value(of: metric),
              label: String(format: "%g", stop.alpha))
          })
      })
  }
}

extension ListMeasure {
  /// What the measure is of.
  fileprivate var inWords: String {
    switch self {
    case .clusters: "clusters covered"
    case .entropy: "entropy of clusters"
    case .minorServed: "minor interests served"
    case .minorRecall: "recall of minor interests"
    case .miscalibration: "divergence from the history"
    case .tail: "items outside the head"
    case .gini: "inequality among items"
    case .distance: "distance of two items"
    }
  }

  /// What its numbers count.
  fileprivate var unit: String {
    switch self {
    case .clusters: "mean number in a list"
    case .entropy, .miscalibration: "mean in nats"
    case .minorServed, .minorRecall, .tail: "mean share"
    case .gini: "Gini coefficient"
    case .distance: "mean of 1 - cosine"
    }
  }
}
