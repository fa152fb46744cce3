import CKernels
import CorralBaselines
import CorralData
import CorralVectors
import Testing

/// Compares every solver with Gaussian elimination in doubles, at dimensions that fill vectors,
/// tiles and cache blocks and at others.
struct `the ALS kernels` {
  @Test(arguments: [1, 5, 16, 17, 32, 48, 64, 100, 128, 150])
  func `solve what plain elimination solves`(dimension: Int) throws {
    let items = 300
    let rows = Ragged(
      [0, 1, 3, 4, 7, 130, 300].map { count in (0..<count).map { ItemIndex($0 * 7 % items) } })
    var rng = SeededGenerator(seed: UInt64(dimension))
    let weights = rows.values.map { _ in Float(0.5 + rng.uniform()) }
    let factors = Matrix(
      rows: items, columns: dimension,
      values: (0..<items * dimension).map { _ in Float(rng.normal()) * 0.3 })
    for solver in [
      .cholesky, .conjugateGradients(steps: 3 * dimension), .blocks(size: 256),
    ] as [Solver] {
      let settings = settings(
        .frequencyScaled(unobserved: 0.05, exponent: 1), dimension: dimension,
        regularisation: 0.05, solver: solver)
      var training = ImplicitALSTraining(
        rows, weights: weights, itemCount: items, settings: settings)
      training.resume(
        from: ImplicitALS(
          settings: settings, users: Matrix(rows: rows.count, columns: dimension), items: factors),
        sweepsDone: 0)
      try training.updateUsers()
      let users = training.model.users
      for row in 0..<rows.count {
        let twin = plainSolution(row, rows: rows, weights: weights, factors: factors)
        #expect(zip(users[row], twin).allSatisfy { abs(Double($0) - $1) < 2e-3 })
      }
    }
  }

  static let levels = [CK_NEON, CK_AVX2, CK_AVX512].filter { ck_supports($0) }

  @Test(arguments: levels, [16, 64, 80, 256])
  func `agree at every level with the plain one`(level: ck_level, dimension: Int) {
    let (rows, count, d) = (90, 70, Int64(dimension))
    var rng = SeededGenerator(seed: 5)
    let factors = (0..<rows * dimension).map { _ in Float(rng.normal()) * 0.2 }
    let items = (0..<count).map { Int32($0 * 11 % rows) }
    let weights = (0..<count).map { _ in Float(rng.uniform()) }
    func results(_ level: ck_level) -> [[Float]] {
      var gramian = [Float](repeating: 0, count: dimension * dimension)
      ck_als_gramian(level, factors, d, 0, Int64(rows), &gramian)
      for i in 0..<dimension {
        for j in 0..<i { gramian[i * dimension + j] = gramian[j * dimension + i] }
      }
      var scratch = [Float](repeating: 0, count: dimension * dimension + dimension + count)
      let start = [Float](repeating: 0.1, count: dimension)
      var (exact, approximate, blocked) = (start, start, start)
      var predictions = [Float](repeating: 0, count: count)
      factors.withUnsafeBufferPointer { factors in
        items.withUnsafeBufferPointer { items in
          weights.withUnsafeBufferPointer { weights in
            gramian.withUnsafeBufferPointer { gramian in
              guard
                let factors = factors.baseAddress, let items = items.baseAddress,
                let weights = weights.baseAddress, let gramian = gramian.baseAddress
              else { return }
              var row = ck_als_row(
                factors: factors, gramian: gramian, dimension: d, used: d, items: items,
                weights: weights, targets: weights, count: Int64(count), regularisation: 0.5)
              #expect(ck_als_cholesky(level, &row, &scratch, &exact))
              #expect(ck_als_conjugate_gradients(level, &row, 3, &scratch, &approximate))
              #expect(ck_als_blocks(level, &row, 16, &scratch, &blocked))
              ck_als_predictions(level, factors, d, items, Int64(count), start, &predictions)
            }
          }
        }
      }
      return [gramian, exact, approximate, blocked, predictions]
    }
    for (fast, plain) in zip(results(level), results(CK_PLAIN)) {
      #expect(plain.contains { abs($0) > 1e-3 })
      #expect(zip(fast, plain).allSatisfy { abs($0 - $1) < 1e-4 * max(1, abs($1)) })
    }
  }

  /// Solves one row's normal equations by elimination.
  func plainSolution(
    _ row: Int, rows: Ragged<ItemIndex>, weights: [Float], factors: Matrix
  ) -> [Double] {
    let d = factors.columns
    let observed = rows.offsets[row]..<rows.offsets[row + 1]
    let scale = Double(observed.count) + 0.05 * Double(factors.rows)
    var a = [[Double]](repeating: [Double](repeating: 0, count: d + 1), count: d)
    func add(_ weight: Double, _ target: Double, _ vector: [Double]) {
      for i in 0..<d {
        for j in 0..<d { a[i][j] += weight * vector[i] * vector[j] }
        a[i][d] += target * vector[i]
      }
    }
    for item in 0..<factors.rows { add(0.05, 0, factors[item].map(Double.init)) }
    for position in observed {
      let weight = Double(weights[position])
      add(weight, weight, factors[rows.values[position].position].map(Double.init))
    }
    for i in 0..<d { a[i][i] += 0.05 * scale }
    for pivot in 0..<d {
      for i in 0..<d where i != pivot {
        let factor = a[i][pivot] / a[pivot][pivot]
        if factor != 0 { for j in pivot...d { a[i][j] -= factor * a[pivot][j] } }
      }
    }
    return (0..<d).map { a[$0][d] / a[$0][$0] }
  }
}
