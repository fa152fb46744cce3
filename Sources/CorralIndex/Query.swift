package import CorralData
package import CorralVectors

/// One request: who asks, and what they did before.
package struct Query: Sendable, Equatable {
  /// Who asks; `nil` for a user that training never saw.
  package var user: UserIndex?
  /// What they interacted with, oldest first.
  package var history: [ItemIndex]
  /// The context of the request: one row, or none.
  package var context: ContextTable

  /// A request by a known user, an unknown one with a history, or both.
  package init(
    user: UserIndex? = nil, history: [ItemIndex] = [], context: ContextTable = ContextTable()
  ) {
    self.user = user
    self.history = history
    self.context = context
  }
}

/// Turns a request into the vector that an index is searched with: a retriever when it serves.
package protocol QueryEncoder: Sendable {
  /// The number of elements of a query vector.
  var dimension: Int { get }

  /// The items that it can rank; others come last in every list.
  var placed: PlacedItems { get }

  /// The vector of one request; throws when the encoder can say nothing about it.
  func vector(for query: Query) throws -> [Float]

  /// The vectors of one request, `[interests, dimension]`; throws when the encoder can say nothing
  /// about it.
  ///
  /// Most models give one row; models of several interests give one for each.
  func vectors(for query: Query) throws -> Matrix
}

extension QueryEncoder {
  /// All items.
  package var placed: PlacedItems { .all }

  /// One vector, `[1, dimension]`.
  package func vectors(for query: Query) throws -> Matrix {
    let vector = try vector(for: query)
    return Matrix(rows: 1, columns: vector.count, values: vector)
  }
}
