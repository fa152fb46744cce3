import Torch

extension Tensor {
  /// Interests `[batch, interests, width]` as queries: `[batch, width]` if there is only one.
  func asQueries() -> Tensor { size(1) == 1 ? squeeze(1) : self }

  /// The scores of targets `[batch, width]` by each of their query's interests,
  /// `[batch, interests]`; this tensor is the interests, `[batch, interests, width]`.
  func interestScores(of targets: Tensor) -> Tensor {
    matmul(targets.unsqueeze(2)).squeeze(2)
  }

  /// The one of each query's interests `[batch, interests, width]` that scores its target best,
  /// `[batch, width]`: the hard choice of Cen and others, 2020, equation 5.
  func bestInterest(toward targets: Tensor) -> Tensor {
    let best = interestScores(of: targets).max(1, keep: true).indices.unsqueeze(2)
    return gather(1, best.expand([size(0), 1, size(2)])).squeeze(1)
  }
}
