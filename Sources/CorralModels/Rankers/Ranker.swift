package import CorralData
package import Torch

/// Orders candidates: scores each of them for a query, seeing both at once.
///
/// What follows from the query alone is computed once a query, what follows from an item alone once
/// for each different item of the batch, and only what needs both once a candidate. A ranker is a
/// value over parameters; it knows nothing of losses, optimisers or files.
package protocol Ranker {
  /// The number of heads: the main one, and those of the other labels.
  var tasks: Int { get }

  /// Where the parameters are, and with them the scores.
  var device: Device { get }

  /// The logit of every candidate in every head, `[batch, candidates, tasks]`; the main head is 0.
  func logits(_ batch: CandidateBatch, _ phase: Phase) -> Tensor
}

extension Ranker {
  /// The main head's logit of every candidate, `[batch, candidates]`.
  package func scores(_ batch: CandidateBatch, _ phase: Phase) -> Tensor {
    logits(batch, phase).select(2, 0)
  }
}
