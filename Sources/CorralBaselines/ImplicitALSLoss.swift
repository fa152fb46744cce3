import CKernels
import CorralVectors

/// The loss of implicit ALS in its three parts.
///
/// With good settings the parts are within an order of magnitude of each other.
package struct ImplicitALSLoss: Sendable, Equatable {
  /// L_S, the observed pairs: `sum c (w_u . h_i - 1)^2`.
  package var observed: Double
  /// L_I, the pairs that are pulled to zero: `a0 sum (w_u . h_i)^2`.
  ///
  /// The sum is over all pairs with frequency scaling, and over the unobserved pairs with
  /// confidences.
  package var unobserved: Double
  /// R, the regularisation of users and items.
  package var regularisation: Double

  /// Creates a loss from its parts.
  package init(observed: Double, unobserved: Double, regularisation: Double) {
    self.observed = observed
    self.unobserved = unobserved
    self.regularisation = regularisation
  }

  /// The sum of the parts.
  ///
  /// No half of a sweep raises it.
  package var total: Double { observed + unobserved + regularisation }
}

extension ImplicitALSLoss {
  /// Computes the loss of user and item vectors.
  ///
  /// Gramians make it visit the observed pairs only.
  init(
    users: FactorMatrix, items: FactorMatrix, rows: InteractionMatrix, columns: InteractionMatrix,
    settings: ImplicitALSSettings
  ) {
    let observed = rows.observedSums(users: users, items: items)
    let all = zip(users.gramian(), items.gramian()).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let norms =
      rows.norms(of: users, settings: settings)
      + columns.norms(of: items, settings: settings)
    let unobserved =
      switch settings.weighting {
      case .frequencyScaled: settings.unobserved * all
      case .confidence: all - observed.squares
      }
    self.init(
      observed: observed.distances, unobserved: unobserved,
      regularisation: settings.regularisation * norms)
  }
}

extension InteractionMatrix {
  /// Sums over the observed pairs with prediction y: `sum c (y - 1)^2` and `sum y^2`.
  fileprivate func observedSums(
    users: FactorMatrix, items: FactorMatrix
  ) -> (distances: Double, squares: Double) {
    let parts = Parallel.map(rowCount, grain: 256) { chunk in
      var (distances, squares) = (0.0, 0.0)
      var predictions = [Float](repeating: 0, count: longestRow)
      for row in chunk {
        let start = offsets[row]
        let count = offsets[row + 1] - start
        items.predict(columns, start: start, count: count, user: row, of: users, &predictions)
        for at in 0..<count {
          let prediction = Double(predictions[at])
          distances += Double(weights[start + at]) * (prediction - 1) * (prediction - 1)
          squares += prediction * prediction
        }
      }
      return (distances, squares)
    }
    return parts.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
  }

  /// Sums the squared norms of vectors, each scaled as its row's regularisation is.
  fileprivate func norms(of vectors: FactorMatrix, settings: ImplicitALSSettings) -> Double {
    Parallel.map(rowCount, grain: 1024) { chunk in
      var total = 0.0
      for row in chunk {
        let norm = vectors.values[row * vectors.width..<(row + 1) * vectors.width]
          .reduce(0.0) { $0 + Double($1) * Double($1) }
        let observed = offsets[row + 1] - offsets[row]
        total += norm * settings.regularisationScale(observed: observed, all: columnCount)
      }
      return total
    }
    .reduce(0, +)
  }
}

extension FactorMatrix {
  /// Computes the inner products of one user's vector with some rows.
  fileprivate func predict(
    _ columns: [Int32], start: Int, count: Int, user: Int, of users: FactorMatrix,
    _ predictions: inout [Float]
  ) {
    values.withUnsafeBufferPointer { items in
      users.values.withUnsafeBufferPointer { users in
        columns.withUnsafeBufferPointer { columns in
          guard
            let items = items.baseAddress, let users = users.baseAddress,
            let columns = columns.baseAddress
          else { return }
          ck_als_predictions(
            ck_active_level(), items, Int64(width), columns + start, Int64(count),
            users + user * width, &predictions)
        }
      }
    }
  }
}
