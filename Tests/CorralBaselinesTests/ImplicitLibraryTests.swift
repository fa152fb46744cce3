import CorralBaselines
import CorralData
import CorralVectors
import Testing

/// The results of `implicit` 0.7.3 for six users and five items after two iterations from given
/// vectors, with regularisation 0.1, alpha 2 and different weights.
struct `the implicit library's numbers` {
  static let rows = Ragged(
    [[0, 1, 3], [1, 2], [0, 4], [2, 3, 4], [1], [0, 2, 4]].map { $0.map { ItemIndex($0) } })
  static let weights: [Float] = [1, 2, 1, 1, 0.5, 3, 1, 1, 1, 2, 1.5, 1, 1, 1]
  static let users: [Float] = [
    -2.18282, -0.996, 1.12343, 0.47493, -1.49247, 0.29021, -2.03535, 1.24871, 0.69414, 1.54125,
    1.02557, 1.76373, -0.50661, -1.47806, 0.2542, -0.02257, 0.90569, 0.85198,
  ]
  static let items: [Float] = [
    -0.29446, 0.12147, 0.42031, -0.05509, -0.52813, 0.38306, 0.19455, -0.0428, 0.55835, -0.01168,
    -0.10769, 0.58829, -0.07325, 0.31357, 0.48035,
  ]

  @Test(
    arguments: [
      .cholesky, .conjugateGradients(steps: 3), .blocks(size: 16),
    ] as [Solver])
  func `come out of the same start`(solver: Solver) throws {
    let settings = settings(
      .confidence(alpha: 2), dimension: 3, regularisation: 0.1, sweeps: 2, solver: solver)
    var training = ImplicitALSTraining(
      Self.rows, weights: Self.weights, itemCount: 5, settings: settings)
    var (users, items) = (Matrix(rows: 6, columns: 3), Matrix(rows: 5, columns: 3))
    for user in 0..<6 {
      for k in 0..<3 { users[user, k] = Float((3 * user + 5 * k) % 7 - 3) / 10 }
    }
    for item in 0..<5 {
      for k in 0..<3 { items[item, k] = Float((2 * item + 3 * k) % 5 - 2) / 10 }
    }
    training.resume(
      from: ImplicitALS(settings: settings, users: users, items: items), sweepsDone: 0)
    while try training.next() != nil {}
    let model = training.model
    #expect(distance(model.users, Matrix(rows: 6, columns: 3, values: Self.users)) < 1e-4)
    #expect(distance(model.items, Matrix(rows: 5, columns: 3, values: Self.items)) < 1e-4)
  }
}
