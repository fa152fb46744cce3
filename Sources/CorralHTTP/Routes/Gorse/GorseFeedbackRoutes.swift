import CorralService
import CorralStore
import Foundation

/// What gorse's clients tell of what users did, and read back.
enum GorseFeedbackRoutes {
  static let all = [post, put, ofPair, ofTriple, deletePair, deleteTriple] + lists + ofUser

  /// How many of a user's last events are read back.
  private static let most = 10_000

  private static let post = Route(
    method: .post, path: "/api/feedback",
    summary: "Stores feedback; what is there already (by type, user and item) stays.",
    tag: "gorse", scope: .write, body: .init(schema: GorseSchema.feedbacks),
    outcome: .json(GorseSchema.success, "How many were stored.")
  ) { call in try await store(call, isUnique: true) }

  private static let put = Route(
    method: .put, path: "/api/feedback",
    summary: "Stores feedback, also what is there already.", tag: "gorse", scope: .write,
    body: .init(schema: GorseSchema.feedbacks),
    outcome: .json(GorseSchema.success, "How many were stored.")
  ) { call in try await store(call, isUnique: false) }

  private static func store(_ call: Call, isUnique: Bool) async throws -> Reply {
    let now = Date()
    let events = try (call.body?.elements ?? []).enumerated().map { place, json in
      try Event(gorse: json, isUnique: isUnique, now: now, field: "[\(place)]")
    }
    let receipts = events.isEmpty ? [] : try await call.service.accept(events)
    return .json { $0.gorseSuccess(receipts.count { !$0.isRepeat }) }
  }

  private static let ofUser = ["", "/{feedback-type}"].map { suffix in
    Route(
      method: .get, path: "/api/user/{user-id}/feedback" + suffix,
      summary: "The feedback of a user, the oldest first.", tag: "gorse",
      names: [Parameters.id("user-id", "The id of the user.")]
        + (suffix.isEmpty ? [] : [type]),
      outcome: .json(GorseSchema.storedFeedbacks, "The feedback.")
    ) { call in
      let events = try await call.service.events(of: call.names[0], after: 0, limit: most)
      let type = call.names.count > 1 ? call.names[1] : nil
      return feedback(events.map(\.event).filter { type == nil || $0.type == type })
    }
  }

  private static let type = Parameters.id("feedback-type", "The type.")
  private static let pair = [
    Parameters.id("user-id", "The id of the user."),
    Parameters.id("item-id", "The id of the item."),
  ]

  private static let ofPair = Route(
    method: .get, path: "/api/feedback/{user-id}/{item-id}",
    summary: "The feedback of a user for an item.", tag: "gorse", names: pair,
    outcome: .json(GorseSchema.storedFeedbacks, "The feedback, the oldest first.")
  ) { call in
    let events = try await call.service.events(
      of: call.names[0], with: call.names[1], limit: most)
    return feedback(events.map(\.event))
  }

  private static let ofTriple = Route(
    method: .get, path: "/api/feedback/{feedback-type}/{user-id}/{item-id}",
    summary: "The last feedback of a type by a user for an item.", tag: "gorse",
    names: [type] + pair,
    outcome: .json(GorseSchema.feedbackIfAny, "The feedback; an empty object where there is none.")
  ) { call in
    let events = try await call.service.events(
      of: call.names[1], with: call.names[2], type: call.names[0], limit: most)
    return .json { writer in
      if let last = events.last { writer.gorseFeedback(last.event) } else { writer.object { _ in } }
    }
  }

  private static let deletePair = Route(
    method: .delete, path: "/api/feedback/{user-id}/{item-id}",
    summary: "Deletes the feedback of a user for an item.", tag: "gorse", scope: .write,
    names: pair, outcome: .json(GorseSchema.success, "How much was deleted.")
  ) { call in
    let count = try await call.service.delete(eventsOf: call.names[0], with: call.names[1])
    return .json { $0.gorseSuccess(count) }
  }

  private static let deleteTriple = Route(
    method: .delete, path: "/api/feedback/{feedback-type}/{user-id}/{item-id}",
    summary: "Deletes the feedback of a type by a user for an item.", tag: "gorse", scope: .write,
    names: [type] + pair, outcome: .json(GorseSchema.success, "How much was deleted.")
  ) { call in
    let count = try await call.service.delete(
      eventsOf: call.names[1], with: call.names[2], type: call.names[0])
    return .json { $0.gorseSuccess(count) }
  }

  private static let lists = ["", "/{feedback-type}"].map { suffix in
    Route(
      method: .get, path: "/api/feedback" + suffix,
      summary: "A page of all feedback, the oldest first.", tag: "gorse",
      names: suffix.isEmpty ? [] : [type],
      query: [
        GorseAnswerRoutes.n,
        .query(
          "cursor", .string(0...Limits.id.upperBound, .id),
          "What the page before gave as `Cursor`; anything else begins anew."),
      ], outcome: .json(GorseSchema.feedbackPage, "The feedback.")
    ) { call in
      let count = call.integer("n", or: 10)
      let after = Int64(call["cursor"]?.text ?? "") ?? 0
      // A page of one type is looked for among as many events as a user can have: the rest comes
      // with the next cursor.
      let type = call.names.first
      let looked = try await call.service.events(
        after: after, limit: type == nil ? count : max(count, most))
      let found = looked.filter { type == nil || $0.event.type == type }.prefix(count)
      let isEnd = looked.count < (type == nil ? count : max(count, most)) && found.count < count
      let last = found.count == count ? found.last : looked.last
      return .json { writer in
        writer.object { writer in
          writer.field("Cursor", isEnd ? "" : last.map { "\($0.position)" } ?? "")
          writer.name("Feedback")
          writer.feedback(found.map(\.event))
        }
      }
    }
  }

  private static func feedback(_ events: [Event]) -> Reply { .json { $0.feedback(events) } }
}

extension JSONWriter {
  /// Writes events as a list of feedback.
  fileprivate mutating func feedback(_ events: [Event]) {
    array { writer in for event in events { writer.gorseFeedback(event) } }
  }
}
