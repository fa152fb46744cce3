import CorralService
import CorralStore
import Foundation

/// Routes by which the service hears what users do.
enum EventRoutes {
  static let all = [send, ofUser]

  private static let send = Route(
    method: .post, path: "/v1/events",
    summary: "Stores what users did: one event or many. The next answers know it.", scope: .write,
    body: .init(schema: RequestSchema.events),
    outcome: .json(AnswerSchema.receipts, "The events are on the disk.")
  ) { call in
    let now = Date()
    let body = call.body ?? .null
    let events = try (body.elements ?? [body]).map { try Event($0, now: now) }
    let receipts = try await call.service.accept(events)
    return .json { writer in
      writer.object { writer in
        writer.name("events")
        writer.array { writer in
          for receipt in receipts {
            writer.object { writer in
              writer.field("position", receipt.position)
              writer.field("repeat", receipt.isRepeat)
            }
          }
        }
      }
    }
  }

  private static let ofUser = Route(
    method: .get, path: "/v1/users/{id}/events", summary: "What a user did, the oldest first.",
    names: [Parameters.user],
    query: [
      .query("after", .integer(Limits.position), "The position after which to begin."),
      Parameters.limit,
    ], outcome: .json(AnswerSchema.storedEvents, "The events.")
  ) { call in
    let limit = call.integer("limit", or: 100)
    let events = try await call.service.events(
      of: call.names[0], after: Int64(call.integer("after", or: 0)), limit: limit)
    return .json { writer in
      writer.object { writer in
        writer.name("events")
        writer.array { writer in for event in events { writer.event(event) } }
        if events.count == limit, let last = events.last { writer.field("next", last.position) }
      }
    }
  }
}
