public import CorralData
public import CorralIndex
public import CorralVectors

/// A trained implicit ALS model: vectors of users and items whose inner products are scores.
///
/// A request with a history is folded in: its vector solves the same least squares problem as in
/// training, against the trained item vectors, whether or not the user is known. A known user
/// without a history has the trained vector.
public struct ImplicitALS: QueryEncoder {
  /// The settings it was trained with.
  package let settings: ImplicitALSSettings
  /// The vectors of the users, `[users, dimension]`.
  public let users: Matrix
  /// The vectors of the items, `[items, dimension]`; zero for items that training never met.
  public let items: Matrix
  /// The items that training met: an item with the zero vector is none.
  public let placed: PlacedItems
  private let solver: RowSolver

  /// A model over trained vectors; makes the Gramian that folding in needs.
  package init(settings: ImplicitALSSettings, users: Matrix, items: Matrix) {
    guard users.columns == settings.dimension, items.columns == settings.dimension else {
      fatalError(
        """
        implicit ALS of dimension \(settings.dimension) cannot hold users \
        [\(users.rows), \(users.columns)] and items [\(items.rows), \(items.columns)]
        """)
    }
    self.settings = settings
    self.users = users
    self.items = items
    placed = PlacedItems((0..<items.rows).map { items[$0].contains { $0 != 0 } })
    solver = RowSolver(settings.foldingIn, fixed: FactorMatrix(items))
  }

  /// The dimension of user and item vectors.
  public var dimension: Int { settings.dimension }

  /// The vector of a request: folded in from its history, or the known user's where it has none.
  ///
  /// - Throws: `BaselineError.unknownQuery` for an unknown user without a known item.
  public func vector(for query: Query) throws -> [Float] {
    if query.history.contains(where: { $0.position < items.rows }) {
      return try foldIn(Ragged([query.history])).values
    }
    guard let user = query.user, user.position < users.rows else {
      throw BaselineError.unknownQuery(user: query.user, history: query.history.count)
    }
    return Array(users[user.position])
  }

  /// The vectors of users by what they interacted with, `[histories, dimension]`.
  ///
  /// Cholesky where training used it or conjugate gradients; 8 passes of the block solver where
  /// training used that. Items outside the catalogue are left out, and a history without any item
  /// has the zero vector.
  ///
  /// - Parameters:
  ///   - histories: one row a user.
  ///   - weights: the weight of each interaction; all 1 when there are none.
  /// - Returns: one vector a user.
  /// - Throws: `BaselineError.unsolvable` when a row has no finite solution.
  package func foldIn(_ histories: Ragged<ItemIndex>, weights: [Float] = []) throws -> Matrix {
    let rows = InteractionMatrix(
      histories,
      weights: weights.isEmpty ? [Float](repeating: 1, count: histories.values.count) : weights,
      itemCount: items.rows, settings: settings)
    var vectors = FactorMatrix(rows: histories.count, dimension: dimension)
    for _ in 0..<solver.settings.foldInPasses { try solver.solve(rows, into: &vectors, of: .user) }
    return vectors.matrix
  }
}

extension ImplicitALSSettings {
  /// The same problem, solved to the end however training went about it.
  fileprivate var foldingIn: ImplicitALSSettings {
    var settings = self
    if solver == .conjugateGradients { settings.solver = .cholesky }
    return settings
  }

  /// How often a fold-in solves its rows.
  fileprivate var foldInPasses: Int {
    solver == .blocks ? 8 : 1
  }
}
