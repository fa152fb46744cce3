import CorralService
import Foundation
import Hummingbird

/// Routes for those who run the service.
enum AdminRoutes {
  static let all = [report, status, reload, live, ready, metrics, document]

  private static let report = Route(
    method: .get, path: "/v1/report",
    summary: "How sources, arms and types of events did, with intervals and a sequential test.",
    query: [.query("since", RequestSchema.time, "The time from which to count.")],
    outcome: .json(AnswerSchema.report, "The report.")
  ) { call in
    let report = try await call.service.report(since: call["since"].flatMap(Date.init))
    return .json { $0.report(report) }
  }

  private static let status = Route(
    method: .get, path: "/v1/admin/status", summary: "What serves, and since when.", scope: .admin,
    outcome: .json(AnswerSchema.status, "The status.")
  ) { call in
    let (status, learning) = (call.service.status, call.service.learning)
    return .json { writer in
      writer.object { writer in
        writer.field("model", status.model)
        writer.field("kind", status.kind)
        writer.field("opened_at", WireTime.text(status.openedAt))
        writer.field("items", status.items)
        writer.field("users", status.users)
        writer.field("last_position", status.lastPosition)
        writer.field("waiting", status.waiting)
        writer.field("side_items", status.sideItems)
        if let learning {
          writer.name("learning")
          writer.learning(learning)
        }
      }
    }
  }

  private static let reload = Route(
    method: .post, path: "/v1/admin/reload",
    summary: "Opens a model beside the one that serves, and swaps it in as a whole.",
    scope: .admin, body: .init(schema: RequestSchema.reload, isRequired: false),
    outcome: .json(AnswerSchema.model, "The model serves."),
    others: [409: "The model is damaged or of another catalogue; the old one goes on serving."]
  ) { call in
    let version = try await call.service.reload(
      call.body?["model"]?.text.map { URL(filePath: $0) })
    return .json { writer in writer.object { $0.field("model", version) } }
  }

  private static let live = Route(
    method: .get, path: "/health/live", summary: "Whether the process runs.", tag: "health",
    scope: nil, outcome: .json(AnswerSchema.health, "It runs.")
  ) { _ in health("live") }

  private static let ready = Route(
    method: .get, path: "/health/ready", summary: "Whether requests are taken.", tag: "health",
    scope: nil, outcome: .json(AnswerSchema.health, "They are."),
    others: [503: "The server stops, and takes nothing new."]
  ) { call in
    if call.host.isStopping { throw Problem.busy("the server stops", retryAfter: 5) }
    return health("ready")
  }

  private static let metrics = Route(
    method: .get, path: "/metrics", summary: "What is measured, in Prometheus' text.",
    tag: "health",
    outcome: Route.Outcome(
      status: 200, text: "The metrics.", type: "text/plain; version=0.0.4; charset=utf-8")
  ) { call in
    call.service.refreshMetrics()
    return Reply(
      type: "text/plain; version=0.0.4; charset=utf-8",
      body: ByteBuffer(string: call.host.metricsText()))
  }

  private static let document = Route(
    method: .get, path: "/openapi.json", summary: "This document.", tag: "health", scope: nil,
    outcome: .json(.any, "An OpenAPI 3.1 document.")
  ) { call in Reply(body: call.host.document) }

  private static func health(_ status: String) -> Reply {
    .json { writer in writer.object { $0.field("status", status) } }
  }
}
