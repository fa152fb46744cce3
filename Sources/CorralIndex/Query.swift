public import CorralData
public import CorralVectors

/// One request as it arrives: who asks, and what they did before.
public struct Query: Sendable, Equatable {
  /// Who asks; `nil` is a user that training never saw.
  public var user: UserIndex?
  /// What they interacted with, oldest first.
  public var history: [ItemIndex]
  /// What is around the request: one row, or nothing.
  public var context: ContextTable

  /// A request by a known user, an unknown one with a history, or both.
  public init(
    user: UserIndex? = nil, history: [ItemIndex] = [], context: ContextTable = ContextTable()
  ) {
    self.user = user
    self.history = history
    self.context = context
  }
}

/// Turns a request into the vector that an index is searched with: a retriever when it serves.
public protocol QueryEncoder: Sendable {
  /// The number of elements of a query vector.
  var dimension: Int { get }

  /// Which items it can place among the others.
  var placed: PlacedItems { get }

  /// The vector of one request; throws when the encoder can say nothing about it.
  func vector(for query: Query) throws -> [Float]

  /// The vectors of one request, `[interests, dimension]`: one row, unless users have several
  /// interests; throws when the encoder can say nothing about it.
  func vectors(for query: Query) throws -> Matrix
}

extension QueryEncoder {
  /// Every item can be placed.
  public var placed: PlacedItems { .all }

  /// One vector, `[1, dimension]`.
  public func vectors(for query: Query) throws -> Matrix {
    let vector = try vector(for: query)
    return Matrix(rows: 1, columns: vector.count, values: vector)
  }
}

/// Scores candidates for a request: a ranker when it serves.
public protocol CandidateScorer: Sendable {
  /// One score a candidate, higher is better; throws when nothing can be said about the request.
  func scores(_ candidates: [ItemIndex], for query: Query) throws -> [Float]
}
