import CorralModels
import Torch

/// The scores of both stages for one batch.
struct CooperativeStep {
  /// The retriever's scores of targets and their draws.
  let retriever: Logits
  /// The weight of each of those targets.
  let weights: Tensor
  /// The retriever's own loss; `nil` if it learns from the proposal's draws.
  let ownLoss: Tensor?
  /// The retriever's scores of the targets that the ranker sees, and of their draws.
  let student: Logits
  /// The ranker's scores of the same candidates.
  let ranker: Logits
  /// The weight of each target that the ranker sees.
  let shownWeights: Tensor
}

/// What joint training minimises: a method with the settings that it reads.
enum JointLoss {
  /// Huang and others, 2023; without `isRankerCorrected` the ranker's own loss is not corrected for
  /// the sampling of its columns.
  case corr(isRankerCorrected: Bool)
  /// Qin and others, 2022.
  case rankflow(passed: Int, kept: Int, orderShare: Float)
  /// Gallagher and others, 2019.
  case icc(passed: Int)

  /// The loss of a method; `nil` for `independent`, which trains each stage by its own loss.
  init?(_ method: CooperativeMethod, _ settings: CooperationSettings) {
    switch method {
    case .independent: return nil
    case .corr: self = .corr(isRankerCorrected: settings.rankerCorrection == .on)
    case .rankflow:
      self = .rankflow(
        passed: settings.passed, kept: settings.kept, orderShare: settings.orderShare)
    case .icc: self = .icc(passed: settings.passed)
    }
  }

  /// The loss of a step in a part of the method.
  ///
  /// - `corr`: `w_r L_R + w_m L_M + w_d L_KD`, sampled softmax and divergence over the same draws; the
  ///   first part is the ranker's, the second the retriever's.
  /// - `rankflow`: the first part is self-learning, cross-entropy of the retriever over all draws and
  ///   of the ranker over those that the retriever lets pass; the second, tutor-learning, is what the
  ///   retriever learns of the ranker's order and values over those.
  /// - `icc`: the cross-entropy of the cascade, weighted as the ranker's, with the retriever's own
  ///   loss if it has one. It has no parts.
  /// - Apart, each stage has its own loss over all draws.
  func callAsFunction(
    _ step: CooperativeStep, _ part: EpochPart.OfStep, _ weights: CooperationSettings.Weights
  ) -> Tensor {
    func own() -> Tensor {
      (step.ownLoss ?? retriever(step.retriever, weights: step.weights)) * weights.retriever
    }
    func ranker(_ loss: some Loss, over logits: Logits) -> Tensor {
      loss.mean(logits, weights: step.shownWeights) * weights.ranker
    }
    switch self {
    case .corr(let isRankerCorrected):
      var compared = step.ranker
      if !isRankerCorrected { compared.correction = nil }
      if part == .apart { return own() + ranker(.sampledSoftmax(), over: compared) }
      let first = part == .second ? nil : ranker(.sampledSoftmax(), over: compared)
      if part == .first, let first { return first }
      let taught = Distillation().mean(
        step.student, toward: step.ranker, weights: step.shownWeights)
      let second = own() + taught * weights.distillation
      return first.map { $0 + second } ?? second
    case .rankflow(let passed, let kept, let orderShare):
      if part == .apart { return own() + ranker(.bce(), over: step.ranker) }
      let passing = step.ranker.passing(passed, by: step.student)
      let first = part == .second ? nil : own() + ranker(.bce(), over: passing)
      if part == .first, let first { return first }
      let taught = TutorLearning(kept: kept, share: orderShare).mean(
        step.student, toward: passing, weights: step.shownWeights)
      let second = taught * weights.distillation
      return first.map { $0 + second } ?? second
    case .icc(let passed):
      if part == .apart { return own() + ranker(.bce(), over: step.ranker) }
      let cascade = SoftCascade(passed: passed).mean(
        first: step.student, second: step.ranker, weights: step.shownWeights)
      let joint = cascade * weights.ranker
      return step.ownLoss.map { joint + $0 * weights.retriever } ?? joint
    }
  }

  /// The retriever's own loss over targets and draws.
  func retriever(_ logits: Logits, weights: Tensor) -> Tensor {
    switch self {
    case .corr: SampledSoftmax().mean(logits, weights: weights)
    case .icc, .rankflow: BinaryCrossEntropy().mean(logits, weights: weights)
    }
  }
}

/// What an epoch of joint training trains.
enum EpochPart: Equatable {
  /// The retriever by itself.
  case retrieverAlone
  /// Both stages, by a part of the loss.
  case both(OfStep)

  /// A part of a joint loss.
  enum OfStep {
    /// Each stage by its own loss.
    case apart
    /// The first part of the method.
    case first
    /// The second part of the method.
    case second
    /// Both parts.
    case all
  }
}

extension CooperationSettings.Alternation {
  /// What an epoch trains, counted from 0.
  func part(ofEpoch epoch: Int) -> EpochPart {
    if epoch < alone { return .retrieverAlone }
    if epoch < alone + apart { return .both(.apart) }
    if first + second == 0 { return .both(.all) }
    return .both((epoch - alone - apart) % (first + second) < first ? .first : .second)
  }
}
