import Synchronization

/// The right to reload, which one task has at a time.
package final class ReloadTurn: Sendable {
  private let isTaken = Mutex(false)

  /// A right that nobody has.
  package init() {}

  /// Runs a reload.
  ///
  /// - Throws: `ServiceError.conflict` while another one runs, and what `body` throws.
  package func take<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async throws -> Result {
    let isMine = isTaken.withLock { isTaken in
      defer { isTaken = true }
      return !isTaken
    }
    guard isMine else {
      throw ServiceError.conflict("a model is being loaded already; try again when it serves")
    }
    defer { isTaken.withLock { $0 = false } }
    return try await body()
  }
}
