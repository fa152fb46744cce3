import CKernels
import CorralVectors
import Synchronization

/// Solves the rows of one side while the vectors of the other side stay fixed.
///
/// Both weightings of `ImplicitALSSettings` lead to the normal equations `(a0 H^T H + lambda_r I +
/// sum s h h^T) x = sum c h`, with the sums over the row's interactions.
struct RowSolver: Sendable {
  let settings: ImplicitALSSettings
  let fixed: FactorMatrix
  /// `a0 H^T H`, `[width, width]`, computed once for all rows.
  private let gramian: [Float]

  /// Creates a solver for the vectors of the other side.
  init(_ settings: ImplicitALSSettings, fixed: FactorMatrix) {
    self.settings = settings
    self.fixed = fixed
    gramian = fixed.gramian(scale: Float(settings.gramianWeight))
  }

  /// Solves every row.
  ///
  /// Iterative solvers start from what `vectors` holds.
  ///
  /// The exact solution of a row without interactions is zero. Every solver returns that, because
  /// an iterative one would keep a part of its random start.
  ///
  /// - Throws: `BaselineError.unsolvable`, naming the first row without a finite solution.
  func solve(
    _ rows: InteractionMatrix, into vectors: inout FactorMatrix, of side: BaselineError.Side
  ) throws {
    let failed = Atomic<Int>(.max)
    let scratchCount = settings.scratchCount(width: fixed.width, longest: rows.longestRow)
    Parallel.forEachRows(of: &vectors.values, width: vectors.width, grain: 32) { chunk, solved in
      guard let first = solved.baseAddress else { return }
      withUnsafeTemporaryAllocation(of: Float.self, capacity: scratchCount) { scratch in
        guard let scratch = scratch.baseAddress else { return }
        for row in chunk {
          let vector = first + (row - chunk.lowerBound) * fixed.width
          if !solve(row, of: rows, scratch: scratch, vector: vector) {
            failed.min(row, ordering: .relaxed)
          }
        }
      }
    }
    let row = failed.load(ordering: .relaxed)
    if row < .max {
      throw BaselineError.unsolvable(side, row: row, regularisation: settings.regularisation)
    }
  }

  private func solve(
    _ row: Int, of rows: InteractionMatrix, scratch: UnsafeMutablePointer<Float>,
    vector: UnsafeMutablePointer<Float>
  ) -> Bool {
    let start = rows.offsets[row]
    let count = rows.offsets[row + 1] - start
    guard count > 0 else {
      vector.update(repeating: 0, count: fixed.width)
      return true
    }
    let scale = settings.regularisationScale(observed: count, all: fixed.rows)
    return fixed.values.withUnsafeBufferPointer { factors in
      gramian.withUnsafeBufferPointer { gramian in
        rows.columns.withUnsafeBufferPointer { columns in
          rows.weights.withUnsafeBufferPointer { weights in
            rows.squares.withUnsafeBufferPointer { squares in
              guard
                let factors = factors.baseAddress, let gramian = gramian.baseAddress,
                let columns = columns.baseAddress, let weights = weights.baseAddress,
                let squares = squares.baseAddress
              else { return true }
              var problem = ck_als_row(
                factors: factors, gramian: gramian, dimension: Int64(fixed.width),
                used: Int64(fixed.dimension),
                items: columns + start, weights: squares + start, targets: weights + start,
                count: Int64(count), regularisation: Float(settings.regularisation * scale))
              return settings.solve(&problem, scratch: scratch, vector: vector)
            }
          }
        }
      }
    }
  }
}

extension ImplicitALSSettings {
  /// The number of floats of working memory for one row.
  fileprivate func scratchCount(width: Int, longest: Int) -> Int {
    switch solver {
    case .cholesky: width * width
    case .conjugateGradients: 3 * width
    case .blocks: blockSize * blockSize + blockSize + longest
    }
  }

  /// Solves one row; returns false if it has no finite solution.
  fileprivate func solve(
    _ problem: inout ck_als_row, scratch: UnsafeMutablePointer<Float>,
    vector: UnsafeMutablePointer<Float>
  ) -> Bool {
    switch solver {
    case .cholesky: ck_als_cholesky(ck_active_level(), &problem, scratch, vector)
    case .conjugateGradients:
      ck_als_conjugate_gradients(ck_active_level(), &problem, Int64(steps), scratch, vector)
    case .blocks: ck_als_blocks(ck_active_level(), &problem, Int64(blockSize), scratch, vector)
    }
  }
}
