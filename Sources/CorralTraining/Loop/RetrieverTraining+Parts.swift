import CorralData
import CorralModels
import CorralSampling
import CorralVectors
import Foundation
package import Torch

extension NegativeSettings {
  /// Whether an item that is never a target is in no column either.
  var leavesUnseenItems: Bool {
    switch kind {
    case .inBatch: count == 0
    case .popularity: true
    case .uniform, .all: false
    }
  }
}

extension RetrieverTrainingSettings {
  /// The retriever of some stored parameters, with the prior that these settings ask for.
  func frozen(
    _ stored: [String: StoredTensor], for catalogue: Catalogue, counts: [Int]
  ) throws -> FrozenModel {
    let untrained = UntrainedItems(counts: counts, features: catalogue.items)
    let new = [Int](repeating: 0, count: catalogue.items.count - counts.count)
    return try FrozenModel(
      retriever, for: catalogue, stored: untrained.forgotten(stored),
      prior: correction.serving == .plain
        ? nil : ServingPrior(counts: counts + new, temperature: temperature(stored)),
      placed: untrained.placed(by: retriever))
  }

  /// What the loss divides the scores of some stored parameters by, a learned scale counted in.
  package func temperature(_ stored: [String: StoredTensor]) -> Float {
    loss.temperature * (stored["scale.log"].map { $0.values[0] } ?? 0).inverseExponential
  }

  /// The correction that the loss reads: of draws it is none unless it is a softmax.
  ///
  /// In-batch columns keep theirs, since an estimator learns from them and is saved.
  var correctionInUse: CorrectionSettings {
    var correction = self.correction
    if !loss.kind.isCorrected, negatives.kind != .inBatch { correction.estimate = .none }
    return correction
  }
}

extension Correction {
  /// The correction with the estimator of a checkpoint, where it holds one.
  func restored(
    _ saved: Checkpoint.Content, as settings: CorrectionSettings
  ) throws -> Correction {
    guard let estimator = saved.estimator else { return self }
    return Correction(
      form: form, itemCount: itemCount,
      source: .streaming(try FrequencyEstimator(settings.estimator, restoring: estimator)))
  }
}

extension Parameters {
  /// Sets the embeddings of items that training never sees to zero, so that what is known about them
  /// is their features, and not the random numbers that the others started from.
  func forget(itemsWithout counts: [Int]) {
    guard counts.contains(0) else { return }
    for parameter in all where parameter.name.namesItems {
      var values = parameter.tensor.floats()
      let width = parameter.tensor.size(1)
      for (item, count) in counts.enumerated() where count == 0 {
        for column in 0..<width { values[item * width + column] = 0 }
      }
      parameter.tensor.write(values)
    }
  }
}

extension QueryBatch {
  /// The queries with a share of the users unknown.
  func withholding(_ share: Double, using generator: inout SeededGenerator) -> QueryBatch {
    guard share > 0 else { return self }
    var queries = self
    queries.users = users.map { generator.uniform() < share ? nil : $0 }
    return queries
  }
}

extension Float {
  /// `exp(-x)`.
  var inverseExponential: Float { exp(-self) }
}
