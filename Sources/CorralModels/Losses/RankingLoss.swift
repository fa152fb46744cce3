package import CorralData
package import Torch

/// A training batch of a ranker: the candidates of each query, of which it took the first, and
/// their labels for every further head.
package struct RankingBatch: Sendable {
  /// The candidates; column 0 is the positive of each query, the others are its negatives.
  package var candidates: CandidateBatch
  /// Whether a candidate is left out, `[batch, candidates]`, as a draw of the positive is; empty if
  /// none is.
  package var isMasked: [Bool]
  /// The labels of the candidates for each further head, `[batch, candidates]`; `nan` is an unknown
  /// label.
  package var labels: [[Float]]
  /// The weight of each query, `[batch]`.
  package var weights: [Float]

  /// A batch of candidates with their labels.
  package init(
    candidates: CandidateBatch, isMasked: [Bool] = [], labels: [[Float]] = [], weights: [Float]
  ) {
    let size = candidates.items.count
    guard isMasked.isEmpty || isMasked.count == size, labels.allSatisfy({ $0.count == size }),
      weights.count == candidates.count
    else {
      fatalError(
        "RankingBatch: \(size) candidates of \(candidates.count) queries need as many masks and "
          + "labels, and a weight a query, not \(isMasked.count), \(labels.map(\.count)) and "
          + "\(weights.count)")
    }
    self.candidates = candidates
    self.isMasked = isMasked
    self.labels = labels
    self.weights = weights
  }
}

/// The loss of all heads of a ranker: `L_main + sum_h weight_h L_h`.
///
/// The main head tells the positive of a query from its other candidates, by one of the retrievers'
/// losses. A further head predicts a label in 0...1 as `sigmoid(logit)`. It learns from the
/// candidates with a known label, by cross-entropy or squared error; its mean has the weights of
/// the queries.
package struct RankingLoss: Sendable {
  /// The loss of the main head.
  package var main: LossSettings
  /// The other heads, in the order of the logits.
  package var heads: [HeadSettings]

  /// The loss of some heads.
  package init(main: LossSettings, heads: [HeadSettings] = []) {
    self.main = main
    self.heads = heads
  }

  /// The loss of a batch, given its logits `[batch, candidates, 1 + heads]`.
  package func callAsFunction(_ logits: Tensor, _ batch: RankingBatch) -> Tensor {
    let shape = [batch.candidates.count, batch.candidates.candidates]
    if logits.shape != shape + [1 + heads.count] || batch.labels.count != heads.count {
      fatalError(
        "RankingLoss: \(heads.count + 1) heads need logits \(shape + [1 + heads.count]) and a label "
          + "for each but the first, not \(logits.shape) and \(batch.labels.count)")
    }
    let device = logits.device
    let scores = logits.select(2, 0)
    // The candidates are the whole catalogue of this loss.
    var loss = main.mean(
      ofDivided: Logits(
        values: main.temperature == 1 ? scores : scores * (1 / main.temperature),
        target: .zeros([shape[0]], type: .int64, device: device),
        isMasked: batch.isMasked.isEmpty
          ? nil : Tensor(batch.isMasked, shape: shape, device: device)),
      weights: Tensor(batch.weights, device: device), itemCount: shape[1])
    for (position, head) in heads.enumerated() {
      let part = head.loss(
        of: logits.select(2, position + 1), batch.labels[position], rowWeights: batch.weights)
      if let part { loss = loss + part * head.weight }
    }
    return loss
  }
}

extension HeadSettings.HeadLoss {
  /// The weighted mean over the known labels; `nil` if none is known.
  fileprivate func callAsFunction(
    of logits: Tensor, _ labels: [Float], rowWeights: [Float]
  ) -> Tensor? {
    let columns = logits.size(1)
    var targets = labels
    var weights = [Float](repeating: 0, count: labels.count)
    var known: Float = 0
    for (position, label) in labels.enumerated() {
      if label.isNaN {
        targets[position] = 0
      } else {
        weights[position] = rowWeights[position / columns]
        known += 1
      }
    }
    if known == 0 { return nil }
    let target = Tensor(targets, shape: logits.shape, device: logits.device)
    let weight = Tensor(weights, shape: logits.shape, device: logits.device)
    switch self {
    case .crossEntropy:
      return (logits.binaryCrossEntropy(target, reduction: .none) * weight).sum() * (1 / known)
    case .squaredError:
      let difference = logits.sigmoid() - target
      return (difference * difference * weight).sum() * (1 / known)
    }
  }
}
