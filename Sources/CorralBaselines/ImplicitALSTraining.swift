package import CorralData
import CorralVectors

/// Trains implicit ALS, one sweep at a time: `while let sweep = try training.next() { ... }`.
package struct ImplicitALSTraining: Sendable {
  /// The report of a finished sweep.
  package struct Sweep: Sendable, Equatable {
    /// The number of the sweep, from 1.
    package var number: Int
    /// The number of sweeps that the settings ask for.
    package var of: Int
    /// The duration of the sweep.
    package var seconds: Double
  }

  /// The settings.
  package let settings: ImplicitALSSettings
  /// The number of sweeps done.
  package private(set) var sweepsDone = 0
  private let rows: InteractionMatrix
  private let columns: InteractionMatrix
  private var users: FactorMatrix
  private var items: FactorMatrix

  /// Prepares training on the training part of a split.
  package init(_ split: Split, settings: ImplicitALSSettings = ImplicitALSSettings()) {
    self.init(
      split.training, weights: split.weights, itemCount: split.itemCount, settings: settings)
  }

  /// Prepares training on interactions, one row per user, each with a weight.
  ///
  /// Traps on settings that `validate` refuses.
  package init(
    _ interactions: Ragged<ItemIndex>, weights: [Float], itemCount: Int,
    settings: ImplicitALSSettings = ImplicitALSSettings()
  ) {
    do { try settings.validate() } catch { fatalError("\(error)") }
    self.settings = settings
    rows = InteractionMatrix(
      interactions, weights: weights, itemCount: itemCount, settings: settings)
    columns = rows.transposed()
    var rng = SeededGenerator(seed: settings.seed)
    users = FactorMatrix(
      rows: interactions.count, dimension: settings.dimension, norm: settings.initialNorm,
      using: &rng)
    items = FactorMatrix(
      rows: itemCount, dimension: settings.dimension, norm: settings.initialNorm, using: &rng)
    // Users and items without interactions must not influence the first half of the first sweep.
    users.clear(rowsWithout: rows.hasInteractions)
    items.clear(rowsWithout: columns.hasInteractions)
  }

  /// Continues from a model after a number of sweeps, as if training had never stopped.
  package mutating func resume(from model: ImplicitALS, sweepsDone: Int) {
    guard
      model.users.rows == users.rows, model.items.rows == items.rows,
      model.dimension == settings.dimension
    else {
      fatalError(
        """
        training with vectors [\(users.rows), \(settings.dimension)] and \
        [\(items.rows), \(settings.dimension)] cannot resume from [\(model.users.rows), \
        \(model.dimension)] and [\(model.items.rows), \(model.dimension)]
        """)
    }
    users = FactorMatrix(model.users)
    items = FactorMatrix(model.items)
    self.sweepsDone = sweepsDone
  }

  /// Runs the next sweep, or returns `nil` when all are done.
  ///
  /// - Throws: `BaselineError.unsolvable` when a row has no finite solution.
  package mutating func next() throws -> Sweep? {
    guard sweepsDone < settings.sweeps else { return nil }
    let clock = ContinuousClock()
    let duration = try clock.measure {
      try updateUsers()
      try updateItems()
    }
    sweepsDone += 1
    return Sweep(number: sweepsDone, of: settings.sweeps, seconds: duration.inSeconds)
  }

  /// The current loss.
  ///
  /// It costs about as much as half a sweep.
  package var loss: ImplicitALSLoss {
    ImplicitALSLoss(users: users, items: items, rows: rows, columns: columns, settings: settings)
  }

  /// The number of elements of all vectors.
  package var parameterCount: Int { (users.rows + items.rows) * settings.dimension }

  /// The model as it stands.
  package var model: ImplicitALS {
    ImplicitALS(settings: settings, users: users.matrix, items: items.matrix)
  }

  /// Solves all users against the items: the first half of a sweep.
  package mutating func updateUsers() throws {
    try RowSolver(settings, fixed: items).solve(rows, into: &users, of: .user)
  }

  /// Solves all items against the users: the second half of a sweep.
  package mutating func updateItems() throws {
    try RowSolver(settings, fixed: users).solve(columns, into: &items, of: .item)
  }
}
