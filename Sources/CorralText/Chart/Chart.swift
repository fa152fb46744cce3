/// Points on two axes, such as recall against the clusters of a list for several settings.
///
/// It is drawn as text for a terminal and as SVG for a page. Names and labels may hold anything.
package struct Chart: Sendable, Equatable {
  /// A point with what it stands for.
  package struct Point: Sendable, Equatable {
    package let x: Double
    package let y: Double
    /// A short text beside the point, such as the setting that it belongs to.
    package let label: String

    /// Creates a point.
    package init(x: Double, y: Double, label: String = "") {
      (self.x, self.y, self.label) = (x, y, label)
    }

    var isFinite: Bool { x.isFinite && y.isFinite }
  }

  /// The points of one model, in the order in which a line joins them.
  package struct Series: Sendable, Equatable {
    package let name: String
    package let points: [Point]

    /// Creates a series; points with a coordinate that is not finite are left out.
    package init(name: String, points: [Point]) {
      self.name = name
      self.points = points.filter(\.isFinite)
    }
  }

  /// What the chart shows, in one line.
  package let title: String
  /// What the horizontal axis measures, with its unit.
  package let xLabel: String
  /// What the vertical axis measures, with its unit.
  package let yLabel: String
  /// What the labels of points stand for: `alpha`.
  package let labelName: String
  package let series: [Series]

  /// Creates a chart.
  package init(
    title: String, xLabel: String, yLabel: String, labelName: String = "", series: [Series]
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.labelName = labelName
    self.series = series
  }

  /// All points, series after series.
  var points: [Point] { series.flatMap(\.points) }

  /// The horizontal axis, over all points.
  func xAxis(ticks: Int) -> ChartAxis { ChartAxis(points.map(\.x), ticks: ticks) }

  /// The vertical axis, over all points.
  func yAxis(ticks: Int) -> ChartAxis { ChartAxis(points.map(\.y), ticks: ticks) }
}
