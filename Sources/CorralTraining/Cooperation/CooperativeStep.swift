import CorralModels
import Torch

/// What both stages made of one batch: what the loss of every method is a function of.
struct CooperativeStep {
  /// The retriever's scores of targets and their draws.
  let retriever: Logits
  /// How much each of those targets counts.
  let weights: Tensor
  /// The retriever's loss where it has supervision of its own.
  let ownLoss: Tensor?
  /// The retriever's scores of the targets that the ranker is shown, and of their draws.
  let student: Logits
  /// The ranker's scores of the same candidates.
  let ranker: Logits
  /// How much each of the targets that it is shown counts.
  let shownWeights: Tensor

  /// What the ranker's own loss compares.
  func compared(_ settings: CooperationSettings) -> Logits {
    var logits = ranker
    if settings.rankerCorrection == .off { logits.correction = nil }
    return logits
  }
}

extension CooperativeMethod {
  /// What a step minimises in a part of the method.
  ///
  /// - `corr`: `w_r L_R + w_m L_M + w_d L_KD`, sampled softmax and divergence over the same draws; the
  ///   first part is the ranker's, the second the retriever's.
  /// - `rankflow`: the first part is self-learning, cross-entropy of the retriever over all draws and
  ///   of the ranker over those that the retriever lets pass; the second, tutor-learning, is what the
  ///   retriever learns of the ranker's order and values over those.
  /// - `icc`: the cross-entropy of the cascade, weighted as the ranker's, with the retriever's own
  ///   loss where it has one.
  /// - Apart, each stage has its own loss over all draws.
  func loss(
    of step: CooperativeStep, _ part: CooperativePart, _ settings: CooperationSettings
  ) -> Tensor {
    let weights = settings.weights
    func retriever() -> Tensor {
      (step.ownLoss ?? retrieverLoss(step.retriever, weights: step.weights)) * weights.retriever
    }
    func ranker(_ loss: some Loss, over logits: Logits) -> Tensor {
      loss.mean(logits, weights: step.shownWeights) * weights.ranker
    }
    switch (self, part) {
    case (.independent, _), (_, .alone):
      fatalError("a stage that is trained alone has no step with another")
    case (.corr, .apart):
      return retriever() + ranker(.sampledSoftmax(), over: step.compared(settings))
    case (.icc, .apart), (.rankflow, .apart):
      return retriever() + ranker(.bce(), over: step.ranker)
    case (.corr, _):
      let first = part == .second ? nil : ranker(.sampledSoftmax(), over: step.compared(settings))
      if part == .first, let first { return first }
      let taught = Distillation().mean(
        step.student, toward: step.ranker, weights: step.shownWeights)
      let second = retriever() + taught * weights.distillation
      return first.map { $0 + second } ?? second
    case (.rankflow, _):
      let passing = step.ranker.passing(settings.passed, by: step.student)
      let first = part == .second ? nil : retriever() + ranker(.bce(), over: passing)
      if part == .first, let first { return first }
      let taught = TutorLearning(kept: settings.kept, share: settings.orderShare).mean(
        step.student, toward: passing, weights: step.shownWeights)
      let second = taught * weights.distillation
      return first.map { $0 + second } ?? second
    case (.icc, _):
      let cascade = SoftCascade(passed: settings.passed).mean(
        first: step.student, second: step.ranker, weights: step.shownWeights)
      let joint = cascade * weights.ranker
      return step.ownLoss.map { joint + $0 * weights.retriever } ?? joint
    }
  }

  /// What the retriever learns of targets and draws by itself.
  func retrieverLoss(_ logits: Logits, weights: Tensor) -> Tensor {
    switch self {
    case .corr, .independent:
      return SampledSoftmax().mean(logits, weights: weights)
    case .icc, .rankflow:
      return BinaryCrossEntropy().mean(logits, weights: weights)
    }
  }
}
