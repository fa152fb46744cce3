import CorralBaselines
import CorralData
import CorralVectors
import Foundation
import Testing

struct `the loss of implicit ALS` {
  static let weightings: [Weighting] = [
    .frequencyScaled(unobserved: 0.1, exponent: 1), .frequencyScaled(unobserved: 0.3, exponent: 0),
    .confidence(alpha: 1), .confidence(alpha: 5),
  ]

  @Test(arguments: weightings)
  func `by Gramians equals the sum over all pairs`(
    weighting: Weighting
  ) throws {
    let rows = log(users: 50, items: 40)
    var rng = SeededGenerator(seed: 9)
    let weights = rows.values.map { _ in Float(0.5 + rng.uniform()) }
    let settings = settings(weighting)
    var training = ImplicitALSTraining(rows, weights: weights, itemCount: 40, settings: settings)
    _ = try training.next()
    let dense = denseLoss(training.model, rows: rows, weights: weights)
    let loss = training.loss
    #expect(abs(loss.observed - dense.observed) < 1e-4 * dense.observed)
    #expect(abs(loss.unobserved - dense.unobserved) < 1e-4 * dense.unobserved)
    #expect(abs(loss.regularisation - dense.regularisation) < 1e-4 * dense.regularisation)
  }

  @Test(
    arguments: weightings,
    [.cholesky, .conjugateGradients(steps: 3), .blocks(size: 16)] as [Solver])
  func `never rises in half a sweep`(
    weighting: Weighting, solver: Solver
  ) throws {
    let rows = log(users: 60, items: 45)
    var training = ImplicitALSTraining(
      rows, weights: ones(rows), itemCount: 45,
      settings: settings(weighting, dimension: 20, solver: solver))
    var last = training.loss.total
    for _ in 0..<5 {
      try training.updateUsers()
      let between = training.loss.total
      #expect(between <= last * (1 + 1e-5))
      try training.updateItems()
      last = training.loss.total
      #expect(last <= between * (1 + 1e-5))
    }
  }

  /// The three parts by brute force over every pair, in doubles.
  func denseLoss(
    _ model: ImplicitALS, rows: Ragged<ItemIndex>, weights: [Float]
  ) -> ImplicitALSLoss {
    let (users, items, settings) = (model.users, model.items, model.settings)
    var weightOf: [Int: Double] = [:]
    var userDegrees = [Double](repeating: 0, count: users.rows)
    var itemDegrees = [Double](repeating: 0, count: items.rows)
    for user in 0..<users.rows {
      for position in rows.offsets[user]..<rows.offsets[user + 1] {
        let item = rows.values[position].position
        weightOf[user * items.rows + item] = Double(weights[position])
        userDegrees[user] += 1
        itemDegrees[item] += 1
      }
    }
    var loss = ImplicitALSLoss(observed: 0, unobserved: 0, regularisation: 0)
    for user in 0..<users.rows {
      for item in 0..<items.rows {
        let prediction = inner(users[user], items[item])
        let weight = weightOf[user * items.rows + item]
        switch settings.weighting {
        case .frequencyScaled:
          loss.observed += (weight ?? 0) * pow(prediction - 1, 2)
          loss.unobserved += settings.unobserved * pow(prediction, 2)
        case .confidence:
          if let weight { loss.observed += settings.alpha * weight * pow(prediction - 1, 2) }
          if weight == nil { loss.unobserved += pow(prediction, 2) }
        }
      }
    }
    func scale(_ degree: Double, _ others: Int) -> Double {
      settings.weighting == .frequencyScaled
        ? pow(degree + settings.unobserved * Double(others), settings.exponent) : 1
    }
    for user in 0..<users.rows {
      let norm = inner(users[user], users[user])
      loss.regularisation += scale(userDegrees[user], items.rows) * norm
    }
    for item in 0..<items.rows {
      let norm = inner(items[item], items[item])
      loss.regularisation += scale(itemDegrees[item], users.rows) * norm
    }
    loss.regularisation *= settings.regularisation
    return loss
  }
}
