package import CorralData
package import Torch

/// Orders candidates: scores each of them for a query, seeing both at once.
///
/// What depends on the query alone is computed once for each query, what depends on the item alone
/// once for each different item of the batch, and only what depends on both once for each
/// candidate. A ranker is a value over parameters; it knows nothing of losses, optimisers or files.
package protocol Ranker {
  /// The number of heads: the main one, and one for each label.
  var tasks: Int { get }

  /// The device of the parameters and of the scores.
  var device: Device { get }

  /// The logit of every candidate in every head, `[batch, candidates, tasks]`; head 0 is the main
  /// one.
  func logits(_ batch: CandidateBatch, _ phase: Phase) -> Tensor
}

extension Ranker {
  /// The main head's logit of every candidate, `[batch, candidates]`.
  package func scores(_ batch: CandidateBatch, _ phase: Phase) -> Tensor {
    logits(batch, phase).select(2, 0)
  }
}
