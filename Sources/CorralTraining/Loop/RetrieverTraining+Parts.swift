import CorralData
package import CorralModels
import CorralSampling
import CorralVectors
import Foundation
import Torch

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
  ///
  /// - Parameters:
  ///   - stored: the values of the retriever's parameters.
  ///   - parameters: the parameters that were trained, which say what their rows stand for.
  ///   - path: what comes before a name of `stored` among theirs, as `retriever.`.
  ///   - catalogue: what the retriever was made for.
  ///   - counts: the training interactions of each item.
  /// - Returns: the retriever.
  /// - Throws: what making a `FrozenRetriever` throws.
  func frozen(
    _ stored: [String: StoredTensor], of parameters: Parameters, under path: String = "",
    for catalogue: Catalogue, counts: [Int]
  ) throws -> FrozenRetriever {
    let untrained = UntrainedItems(counts: counts, features: catalogue.items)
    let plain = try FrozenRetriever(
      retriever, for: catalogue, stored: untrained.forgotten(stored, of: parameters, under: path),
      placed: untrained.placed(by: retriever))
    if correction.serving == .plain { return plain }
    let new = [Int](repeating: 0, count: catalogue.items.count - counts.count)
    return plain.adding(
      ServingPrior(counts: counts + new, temperature: temperature(of: plain)))
  }

  /// What the loss divides the scores of a trained retriever by, its learned scale counted in.
  package func temperature(of model: FrozenRetriever) -> Float {
    loss.temperature / (model.scale ?? 1)
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
