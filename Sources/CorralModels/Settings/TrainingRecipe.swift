package import CorralSampling

/// How a retriever is trained by default: the blocks `loss`, `negatives`, `correction` and `train`.
///
/// The recipe of a model is that of its paper, or what has been found to do better since.
package struct TrainingRecipe: Sendable, Equatable {
  /// What training minimises.
  package var loss = LossSettings()
  /// What positives are compared with.
  package var negatives = NegativeSettings()
  /// How the sampling of those is corrected.
  package var correction = CorrectionSettings()
  /// How parameters are updated, and for how long.
  package var train = TrainingSettings()

  /// The general defaults: the in-batch softmax with its correction.
  package init() {}
}

extension TrainingRecipe {
  /// A loss of undivided scores, with `count` uniform negatives of each positive's own.
  package static func pairwise(_ loss: LossSettings.Kind, negatives count: Int) -> TrainingRecipe {
    var recipe = sampledSoftmax(negatives: count)
    recipe.loss.kind = loss
    recipe.negatives.sharing = .example
    return recipe
  }

  /// The softmax of undivided scores against `count` uniform items, shared by a batch.
  package static func sampledSoftmax(negatives count: Int) -> TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.loss.temperature = 1
    (recipe.negatives.kind, recipe.negatives.count) = (.uniform, count)
    return recipe
  }

  /// For models that predict the next item at every position: the sampled softmax without
  /// correction, in small batches of histories, at a rate that falls to 0.
  package static var everyPosition: TrainingRecipe {
    var recipe = sampledSoftmax(negatives: 1000)
    recipe.correction.estimate = .none
    (recipe.train.epochs, recipe.train.batch) = (30, 32)
    (recipe.train.rate, recipe.train.schedule) = (3e-3, .linear)
    (recipe.train.evaluateEvery, recipe.train.patience) = (3, 0)
    return recipe
  }
}
