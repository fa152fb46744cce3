package import CorralData
public import CorralIndex
package import CorralVectors

/// A trained implicit ALS model: the inner product of a user's and an item's vector is a score.
///
/// A query with a history is folded in: its vector solves the same least squares problem as in
/// training, against the trained item vectors, whether or not the user is known. A known user
/// without a history has the trained vector.
public struct ImplicitALS: QueryEncoder {
  /// The settings it was trained with.
  package let settings: ImplicitALSSettings
  /// The vectors of the users, `[users, dimension]`.
  package let users: Matrix
  /// The vectors of the items, `[items, dimension]`; zero for items without a training interaction.
  package let items: Matrix
  /// The items with a training interaction: those whose vector is not zero.
  package let placed: PlacedItems
  private let solver: RowSolver

  /// Creates a model from trained vectors, and computes the Gramian that folding in needs.
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
  package var dimension: Int { settings.dimension }

  /// Returns the vector of a query: folded in from its history or, without a history, the known
  /// user's.
  ///
  /// - Throws: `BaselineError.unknownQuery` for an unknown user without a known item.
  package func vector(for query: Query) throws -> [Float] {
    if query.history.contains(where: { $0.position < items.rows }) {
      return try foldIn(Ragged([query.history])).values
    }
    guard let user = query.user, user.position < users.rows else {
      throw BaselineError.unknownQuery(user: query.user, history: query.history.count)
    }
    return Array(users[user.position])
  }

  /// Computes the vectors of users from their histories, `[histories, dimension]`.
  ///
  /// A model that was trained with Cholesky or conjugate gradients uses Cholesky; one that was
  /// trained with blocks uses 8 passes of the block solver. Items outside the catalogue are
  /// ignored. The vector of an empty history is zero.
  ///
  /// - Parameters:
  ///   - histories: one row per user.
  ///   - weights: the weight of each interaction; 1 for all if empty.
  /// - Returns: one vector per user.
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
  /// The same settings with a solver that is exact without a starting point.
  fileprivate var foldingIn: ImplicitALSSettings {
    var settings = self
    if solver == .conjugateGradients { settings.solver = .cholesky }
    return settings
  }

  /// The number of times that folding in solves each row.
  fileprivate var foldInPasses: Int {
    solver == .blocks ? 8 : 1
  }
}

extension ImplicitALS {
  /// The vectors as named tensors for a safetensors file: `users` and `items`.
  package var tensors: [SafetensorsTensor] {
    [SafetensorsTensor("users", users), SafetensorsTensor("items", items)]
  }

  /// Reads the vectors of a model back from its file.
  ///
  /// - Throws: `SafetensorsError` when the file does not hold `[users, dimension]` and
  ///   `[items, dimension]`.
  package init(_ file: SafetensorsFile, settings: ImplicitALSSettings) throws {
    func matrix(_ name: String) throws -> Matrix {
      let values: [Float] = try file.array(name, shape: [nil, settings.dimension])
      return Matrix(
        rows: values.count / settings.dimension, columns: settings.dimension, values: values)
    }
    self.init(settings: settings, users: try matrix("users"), items: try matrix("items"))
  }
}
