import CorralHTTP
import CorralService
import Foundation
import Testing

/// What a server says of its learning.
@Suite struct LearningTests {
  @Test func `the status has how learning stands, and nothing on a server that does not learn`()
    async throws
  {
    try await withServer { server in
      func learning() async throws -> JSON? {
        let answer = try await server.client.send("GET", "/v1/admin/status")
        let fault = AnswerSchema.status.fault(of: try answer.json)
        #expect(fault == nil, "\(fault?.field ?? "") \(fault?.reason ?? "") in \(answer.body)")
        return try answer.json["learning"]
      }
      #expect(try await learning() == nil)

      // Before the first step most is unknown, and left out.
      server.service.note(LearningStatus())
      let first = try #require(try await learning())
      #expect(first["events"] == .number(0) && first["loss"] == nil && first["lag"] == nil)
      #expect(first["failure"] == nil && first["published_at"] == nil)

      var status = LearningStatus()
      (status.events, status.examples, status.examplesPerSecond) = (9, 7, 3.5)
      (status.loss, status.ndcg, status.lag, status.modelAge) = (0.25, 0.125, 4, 60)
      (status.cutoff, status.predictions, status.recall) = (10, 5, 0.5)
      (status.headRecall, status.tailRecall) = (0.75, 0.25)
      (status.popularityShift, status.estimatorError) = (0.1, 0.2)
      (status.publications, status.refusals, status.users, status.items) = (2, 1, 30, 40)
      status.lastRefusal = "recall fell from 0.5 to \"0.1\"\n<b>"
      status.publishedAt = Date(timeIntervalSince1970: 1_800_000_000)
      status.failure = "the disk is full"
      server.service.note(status)
      let all = try #require(try await learning())
      let numbers: [String: Double] = [
        "events": 9, "examples": 7, "examples_per_second": 3.5, "loss": 0.25, "cutoff": 10,
        "predictions": 5, "recall": 0.5, "ndcg": 0.125, "head_recall": 0.75, "tail_recall": 0.25,
        "lag": 4, "model_age": 60, "users": 30, "items": 40, "popularity_shift": 0.1,
        "estimator_error": 0.2, "publications": 2, "refusals": 1,
      ]
      for (name, value) in numbers { #expect(all[name] == .number(value), "\(name)") }
      #expect(all["last_refusal"]?.text == status.lastRefusal)
      #expect(all["published_at"]?.text.flatMap(WireTime.date) == status.publishedAt)
      #expect(all["failure"]?.text == status.failure)

      // A loss that ran away is no JSON number, and must not break the answer.
      (status.loss, status.examplesPerSecond) = (.nan, .infinity)
      server.service.note(status)
      #expect(try await learning()?["loss"] == nil)
    }
  }

  @Test func `the metrics of learning come and go with it`() async throws {
    try await withServer { server in
      func metrics() async throws -> String {
        try await server.client.send("GET", "/metrics").body
      }
      #expect(try await !metrics().contains("corral_learn_"))
      var status = LearningStatus()
      (status.predictions, status.recall, status.tailRecall) = (5, 0.5, 0.25)
      server.service.note(status)
      let text = try await metrics()
      #expect(text.contains("# TYPE corral_learn_up gauge\ncorral_learn_up 1\n"))
      #expect(text.contains("corral_learn_recall{items=\"tail\"} 0.25\n"))
      // Each series says in words what it is.
      for line in text.split(separator: "\n") where line.hasPrefix("# TYPE corral_learn_") {
        let name = line.split(separator: " ")[2]
        #expect(text.contains("# HELP \(name) "), "\(name)")
      }
      server.service.note(nil)
      #expect(try await !metrics().contains("corral_learn_recall{"))
      #expect(try await !metrics().contains("\ncorral_learn_up "))
    }
  }
}
