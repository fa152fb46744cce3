import CoreMetrics
import CorralHTTP
import Logging
import Synchronization
import Testing

@Suite struct MetricsTests {
  @Test func `counters, gauges and histograms are shown as Prometheus reads them`() {
    let registry = MetricsRegistry()
    Counter(
      label: "corral_http_requests_total", dimensions: [("route", "GET /"), ("code", "200")],
      factory: registry
    )
    .increment(by: 3)
    Counter(
      label: "corral_http_requests_total", dimensions: [("code", "200"), ("route", "GET /")],
      factory: registry
    )
    .increment()
    Gauge(label: "corral_index_items", factory: registry).record(12.5)
    let timer = Timer(
      label: "corral_stage_duration_seconds", dimensions: [("stage", "rank")], factory: registry)
    timer.recordMilliseconds(3)
    timer.recordMilliseconds(30_000)
    let text = registry.text()
    #expect(text.contains("# TYPE corral_http_requests_total counter\n"))
    #expect(text.contains("corral_http_requests_total{code=\"200\",route=\"GET /\"} 4\n"))
    #expect(text.contains("# TYPE corral_index_items gauge\ncorral_index_items 12.5\n"))
    #expect(text.contains("corral_stage_duration_seconds_bucket{stage=\"rank\",le=\"0.002\"} 0\n"))
    #expect(text.contains("corral_stage_duration_seconds_bucket{stage=\"rank\",le=\"0.005\"} 1\n"))
    #expect(text.contains("corral_stage_duration_seconds_bucket{stage=\"rank\",le=\"+Inf\"} 2\n"))
    #expect(text.contains("corral_stage_duration_seconds_count{stage=\"rank\"} 2\n"))
    #expect(text.contains("corral_stage_duration_seconds_sum{stage=\"rank\"} 30.003\n"))
  }

  @Test func `labels cannot break out of their quotes, nor names out of theirs`() {
    let registry = MetricsRegistry()
    Counter(label: "a b\n1", dimensions: [("x-y", "q\"\\\nz")], factory: registry).increment()
    #expect(registry.text().contains("a_b_1{x_y=\"q\\\"\\\\\\nz\"} 1\n"))
  }

  @Test func `too many values of a label are counted and not shown`() {
    let registry = MetricsRegistry()
    for place in 0..<5000 {
      Counter(label: "many", dimensions: [("n", "\(place)")], factory: registry).increment()
    }
    #expect(registry.text().split(separator: "\n").count < 1100)
  }

  @Test func `every status of every route is counted`() {
    let registry = MetricsRegistry()
    let metrics = RequestMetrics(Server.routes, in: registry)
    for code in [200, 404, 500, 200] { metrics.record(route: 0, code: code, elapsed: .zero) }
    metrics.record(route: nil, code: 404, elapsed: .milliseconds(2))
    let text = registry.text()
    let route = "\(Server.routes[0].method.rawValue) \(Server.routes[0].path)"
    #expect(text.contains("corral_http_requests_total{code=\"200\",route=\"\(route)\"} 2\n"))
    #expect(text.contains("corral_http_requests_total{code=\"500\",route=\"\(route)\"} 1\n"))
    #expect(text.contains("corral_http_requests_total{code=\"404\",route=\"other\"} 1\n"))
  }

  @Test func `a line of the log stays one line, whatever it holds`() throws {
    let lines = Mutex<[String]>([])
    for format in LineLogHandler.Format.allCases {
      var logger = Logger(label: "test") { label in
        LineLogHandler(label: label, format: format) { line in lines.withLock { $0.append(line) } }
      }
      logger[metadataKey: "always"] = "yes"
      logger.info("two\nlines", metadata: ["key": "a \"b\" = c"])
      logger.debug("not shown")
    }
    let written = lines.withLock { $0 }
    #expect(
      written.count == 2
        && written.allSatisfy { $0.hasSuffix("\n") && $0.count { $0 == "\n" } == 1 })
    #expect(
      written[0].contains(
        #"level=info message="two\nlines" always=yes key="a \"b\" = c" from=test"#))
    let json = try JSONParser.parse(written[1])
    #expect(json["message"]?.text == "two\nlines" && json["key"]?.text == "a \"b\" = c")
  }
}
