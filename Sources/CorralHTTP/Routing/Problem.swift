import CorralService
import CorralServing
import CorralStore

/// Why a request is not answered, as the sender is told.
package struct Problem: Error, Equatable {
  /// The HTTP status.
  package var status: Int
  /// What is wrong, for a program.
  package var code: String
  /// What is wrong and what to do, for a person.
  package var message: String
  /// The part of the request that is wrong; `nil` for the whole.
  package var field: String?
  /// The seconds after which to try again; `nil` where that would not help.
  package var retryAfter: Int?
  /// The methods that a path has; `nil` unless the method is what is wrong.
  package var allowed: String?
  /// Whether the connection cannot be used any more.
  package var closes = false

  /// A problem of a status.
  package init(_ status: Int, _ code: String, _ message: String, field: String? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.field = field
  }

  /// A part of the request that cannot be used.
  package static func bad(_ field: String?, _ reason: String) -> Problem {
    Problem(
      400, "bad_field", field.map { "\($0): \(reason)" } ?? "the body \(reason)", field: field)
  }

  /// A part of the request that every schema allows, and that means nothing here.
  package static func unusable(_ field: String?, _ reason: String) -> Problem {
    Problem(
      422, "unusable", field.map { "\($0): \(reason)" } ?? "the body \(reason)", field: field)
  }

  /// What a schema does not allow.
  package init(_ fault: SchemaFault, in part: String? = nil) {
    let field = part.map { part in
      fault.field.map { $0.hasPrefix("[") ? part + $0 : "\(part).\($0)" } ?? part
    }
    self = .bad(field ?? fault.field, fault.reason)
  }

  /// Something that does not exist.
  package static func notFound(_ message: String, field: String? = nil) -> Problem {
    Problem(404, "not_found", message, field: field)
  }

  /// Too much at once.
  package static func busy(_ message: String, retryAfter: Int) -> Problem {
    var problem = Problem(503, "busy", message)
    problem.retryAfter = retryAfter
    return problem
  }

  /// What an error of the service, the store or the model means to the sender; `nil` for one that is
  /// nobody's fault but Corral's.
  package init?(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case ServiceError.badField(let field, let reason): self = .unusable(field, reason)
    case ServiceError.notFound(let text): self = .notFound(text)
    case ServiceError.conflict(let text): self.init(409, "conflict", text)
    case let error as ServiceError:
      switch error {
      case .busy(let seconds): self = .busy(error.description, retryAfter: max(1, seconds))
      case .refusedModel: self.init(409, "refused_model", error.description)
      default: return nil
      }
    case StoreError.invalid(let what): self = .unusable(nil, "cannot be stored: \(what)")
    case let error as StoreError:
      self.init(503, error == .full ? "busy" : "store", error.description)
      retryAfter = error == .full ? 1 : 10
    case let error as ServingError: self.init(error)
    case is RequestTimeout:
      self.init(408, "timeout", "the request did not arrive in time")
      closes = true
    default: return nil
    }
  }

  private init(_ error: ServingError) {
    switch error {
    case .unknownItems, .unknownHistory, .noItemVectors: self = .notFound(error.description)
    case .badCount: self = .init(422, "unusable", error.description, field: "k")
    case .badAlpha: self = .init(422, "unusable", error.description, field: "alpha")
    case .readsNoContext, .unknownContext, .badContext:
      self = .init(422, "unusable", error.description, field: "context")
    case .unknownFeature, .unknownCategory:
      self = .init(422, "unusable", error.description, field: "filter")
    }
  }

  /// Writes the problem as the body of an answer.
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("error")
      writer.object { writer in
        writer.field("code", code)
        writer.field("message", message)
        if let field { writer.field("field", field) } else { writer.name("field"); writer.null() }
      }
    }
  }
}

/// A request that took too long to arrive.
package struct RequestTimeout: Error {}
