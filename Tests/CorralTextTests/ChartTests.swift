import CorralText
import Foundation
import FoundationXML
import Testing

@Suite struct `charts` {
  /// What an SVG holds, element by element.
  private final class Reading: NSObject, XMLParserDelegate {
    struct Element {
      let name: String
      let attributes: [String: String]
      var text = ""
    }

    var elements: [Element] = []
    private var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      open.append(elements.count)
      elements.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if let last = open.last { elements[last].text += text }
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
      open.removeLast()
    }
  }

  private func elements(of svg: String) throws -> [Reading.Element] {
    let reading = Reading()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = reading
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    return reading.elements
  }

  private func dial(_ name: String = "SASRec", _ title: String = "The dial") -> Chart {
    Chart(
      title: title, xLabel: "clusters of a list of 50", yLabel: "recall@50", labelName: "alpha",
      series: [
        Chart.Series(
          name: name,
          points: [
            Chart.Point(x: 10, y: 0.31, label: "0"), Chart.Point(x: 8, y: 0.35, label: "0.5"),
            Chart.Point(x: 5, y: 0.37, label: "1"), Chart.Point(x: 1.5, y: 0.28, label: "4"),
          ])
      ])
  }

  @Test func `text has axes with round ticks, and a mark with its label for each point`() {
    #expect(
      dial().text(width: 40, height: 9) == """
        The dial

        recall@50
        0.38 ┤
             │                    ● 1
        0.36 ┤                               ● 0.5
        0.34 ┤
             │
        0.32 ┤
        0.30 ┤                                     0 ●
             │
        0.28 ┤      ● 4
             └┬───────┬───────┬──────┬───────┬───────┬
              0       2       4      6       8      10
                              clusters of a list of 50

        Numbers at the marks: alpha
        """)
  }

  @Test func `the SVG holds the title, the axes with their ticks, and every point`() throws {
    let elements = try elements(of: dial().svg)
    #expect(elements[0].name == "svg")
    #expect(elements[0].attributes["viewBox"] == "0 0 720 440")
    #expect(elements[1].name == "title" && elements[1].text == "The dial")
    let texts = elements.filter { $0.name == "text" }.map(\.text)
    for text in ["The dial", "clusters of a list of 50", "recall@50", "0.30", "0.36", "0", "0.5"] {
      #expect(texts.contains(text), "\(text)")
    }
    let circles = elements.filter { $0.name == "circle" }
    #expect(circles.count == 4)
    // Larger values stand farther to the right, and higher.
    let x = circles.map { Double($0.attributes["cx"] ?? "") ?? .nan }
    let y = circles.map { Double($0.attributes["cy"] ?? "") ?? .nan }
    #expect(x[0] > x[1] && x[1] > x[2] && x[2] > x[3])
    #expect(y[2] < y[1] && y[1] < y[0] && y[0] < y[3])
    // A pointer that rests on a mark sees its numbers.
    #expect(elements.contains { $0.name == "title" && $0.text == "SASRec: alpha 0.5, 0.35 and 8" })
    #expect(elements.filter { $0.name == "polyline" }.count == 1)
    let style = try #require(elements.first { $0.name == "style" })
    #expect(style.text.contains("prefers-color-scheme:dark"))
    // Nothing paints the page.
    #expect(!elements.contains { $0.name == "rect" })
  }

  @Test func `no mark or text of the SVG lies outside of it`() throws {
    let many = Chart(
      title: "t", xLabel: "x", yLabel: "y", labelName: "alpha",
      series: (0..<5).map { series in
        Chart.Series(
          name: "model \(series) with a name of many words",
          points: (0..<7).map { Chart.Point(x: Double($0), y: Double($0 * series), label: "\($0)") }
        )
      })
    let elements = try elements(of: many.svg)
    // The legend takes three rows.
    #expect(elements[0].attributes["viewBox"] == "0 0 720 500")
    for element in elements where element.name == "text" {
      let x = try #require(Double(element.attributes["x"] ?? ""))
      let y = try #require(Double(element.attributes["y"] ?? ""))
      #expect((0...720).contains(x) && (0...500).contains(y), "\(element)")
    }
    #expect(elements.filter { $0.name == "text" && $0.text.hasPrefix("model ") }.count == 5)
    // Shapes tell series apart where colours do not.
    #expect(Set(elements.filter { $0.name == "circle" }.map { $0.attributes["class"] }).count == 2)
  }

  @Test func `markup and control characters in names are text`() throws {
    let name = "</text><script>alert(\"1\")</script>&amp;'\u{1B}[31m\u{0}\u{FFFE}\u{202E}"
    let chart = dial(name, name)
    let elements = try elements(of: chart.svg)
    #expect(!elements.contains { $0.name == "script" })
    let shown = "</text><script>alert(\"1\")</script>&amp;'␛[31m␀\u{FFFD}\u{FFFD}"
    #expect(elements[1].text == shown)
    #expect(!chart.text().contains("\u{1B}"))
    let several = Chart(
      title: "t", xLabel: "<x>", yLabel: "<y>", labelName: "<l>",
      series: [Chart.Series(name: name, points: [Chart.Point(x: 1, y: 1, label: "<&>")])]
        + dial().series)
    let texts = try self.elements(of: several.svg).filter { $0.name == "text" }.map(\.text)
    #expect(texts.contains(shown) && texts.contains("<&>") && texts.contains("<x>"))
    #expect(several.text().contains("● </text><script>"))
    #expect(several.text().contains("○ SASRec"))
  }

  @Test(arguments: [
    [], [(1.0, 1.0)], [(0, 0)], [(-3, -3), (-3, -3)], [(.nan, 1), (1, .infinity)],
    [(1e-9, 1e12), (2e-9, 2e12)], [(-1e9, 0.1), (1e9, 0.1 + 1e-12)],
  ])
  func `few or extreme points are drawn`(_ points: [(Double, Double)]) throws {
    let chart = Chart(
      title: "t", xLabel: "x", yLabel: "y",
      series: [
        Chart.Series(name: "a", points: points.map { Chart.Point(x: $0.0, y: $0.1, label: "p") })
      ])
    let finite = points.filter { $0.0.isFinite && $0.1.isFinite }.count
    let elements = try elements(of: chart.svg)
    #expect(elements.filter { $0.name == "circle" }.count == finite)
    #expect(!chart.svg.contains("nan") && !chart.svg.contains("inf"))
    let lines = chart.text().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(chart.text().contains("●") == (finite > 0))
  }
}
