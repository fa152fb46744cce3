import CorralData
import Foundation

/// The interactions by user or by item, as the least squares problems need them.
///
/// Invariant: columns rise strictly within a row. A pair that occurs more than once is stored once,
/// with the sum of its weights.
struct InteractionMatrix: Sendable {
  let rowCount: Int
  let columnCount: Int
  /// Row `r` is `offsets[r]..<offsets[r + 1]` of the arrays below.
  let offsets: [Int]
  let columns: [Int32]
  /// The weight c of each pair's distance from 1, which is also its factor in the right-hand side.
  let weights: [Float]
  /// The weight with which each pair enters the normal equations in addition to the Gramian.
  let squares: [Float]
  /// The length of the longest row.
  let longestRow: Int

  private init(
    rowCount: Int, columnCount: Int, offsets: [Int], columns: [Int32], weights: [Float],
    squares: [Float]
  ) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.offsets = offsets
    self.columns = columns
    self.weights = weights
    self.squares = squares
    longestRow = zip(offsets, offsets.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) }
  }

  /// Stores the interactions of users, one row each.
  ///
  /// Items outside the catalogue are ignored.
  init(
    _ rows: Ragged<ItemIndex>, weights: [Float], itemCount: Int,
    settings: ImplicitALSSettings
  ) {
    guard weights.count == rows.values.count else {
      fatalError("\(rows.values.count) interactions need as many weights, not \(weights.count)")
    }
    var offsets = [0]
    var columns: [Int32] = []
    var merged: [Float] = []
    offsets.reserveCapacity(rows.count + 1)
    columns.reserveCapacity(rows.values.count)
    merged.reserveCapacity(rows.values.count)
    var row: [(column: Int32, weight: Float)] = []
    for user in 0..<rows.count {
      row.removeAll(keepingCapacity: true)
      for position in rows.offsets[user]..<rows.offsets[user + 1] {
        let item = rows.values[position]
        if item.position < itemCount { row.append((item.rawValue, weights[position])) }
      }
      row.sort { $0.column < $1.column }
      let first = columns.count
      for (column, weight) in row {
        if columns.count > first, columns[columns.count - 1] == column {
          merged[merged.count - 1] += weight
        } else {
          columns.append(column)
          merged.append(weight)
        }
      }
      offsets.append(columns.count)
    }
    let weighted = merged.map { settings.weights(of: $0) }
    self.init(
      rowCount: rows.count, columnCount: itemCount, offsets: offsets, columns: columns,
      weights: weighted.map(\.distance), squares: weighted.map(\.square))
  }

  /// Whether each row has an interaction.
  var hasInteractions: [Bool] { zip(offsets, offsets.dropFirst()).map { $0 < $1 } }

  /// The same interactions with one row per column.
  func transposed() -> InteractionMatrix {
    var starts = [Int](repeating: 0, count: columnCount + 1)
    for column in columns { starts[Int(column) + 1] += 1 }
    for column in 0..<columnCount { starts[column + 1] += starts[column] }
    var next = starts
    var rows = [Int32](repeating: 0, count: columns.count)
    var weights = [Float](repeating: 0, count: columns.count)
    var squares = weights
    for row in 0..<rowCount {
      for position in offsets[row]..<offsets[row + 1] {
        let column = Int(columns[position])
        rows[next[column]] = Int32(row)
        weights[next[column]] = self.weights[position]
        squares[next[column]] = self.squares[position]
        next[column] += 1
      }
    }
    return InteractionMatrix(
      rowCount: columnCount, columnCount: rowCount, offsets: starts, columns: rows,
      weights: weights, squares: squares)
  }
}

extension ImplicitALSSettings {
  /// The weight alpha0 of every pair's distance from 0.
  var gramianWeight: Double {
    switch weighting {
    case .frequencyScaled: unobserved
    case .confidence: 1
    }
  }

  /// Returns the weights of an observed pair: of its distance from 1, and of its square in addition
  /// to the Gramian.
  func weights(of weight: Float) -> (distance: Float, square: Float) {
    switch weighting {
    case .frequencyScaled: (weight, weight)
    case .confidence: (Float(alpha) * weight, Float(alpha) * weight - 1)
    }
  }

  /// The factor of a row's regularisation lambda.
  func regularisationScale(observed: Int, all: Int) -> Double {
    switch weighting {
    case .frequencyScaled:
      pow(Double(observed) + unobserved * Double(all), exponent)
    case .confidence: 1
    }
  }
}
