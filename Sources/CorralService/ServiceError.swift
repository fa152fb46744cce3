/// What the service cannot do, and why.
package enum ServiceError: Error, Equatable, CustomStringConvertible {
  /// A field of a request that cannot be used.
  case badField(String, reason: String)
  /// Something that does not exist.
  case notFound(String)
  /// Something that exists already.
  case conflict(String)
  /// Too many requests wait.
  case busy(retryAfter: Int)
  /// A new model that must not serve.
  case refusedModel(path: String, reason: String)

  /// What is wrong, and what to do.
  package var description: String {
    switch self {
    case .badField(let field, let reason): "\(field): \(reason)"
    case .notFound(let text), .conflict(let text): text
    case .busy(let seconds): "too many requests wait; ask again in \(seconds) s"
    case .refusedModel(let path, let reason):
      "\(path) is not served: \(reason); the old model goes on serving"
    }
  }
}
