import Torch

extension Tensor {
  /// Interests `[batch, interests, dimension]` as queries: `[batch, dimension]` where there is one.
  func asQueries() -> Tensor { size(1) == 1 ? squeeze(1) : self }

  /// The scores of targets `[batch, dimension]` by each of their query's interests, this tensor,
  /// `[batch, interests, dimension]`: `[batch, interests]`.
  func interestScores(of targets: Tensor) -> Tensor {
    matmul(targets.unsqueeze(2)).squeeze(2)
  }

  /// Of each query's interests `[batch, interests, dimension]` the one that scores its target best,
  /// `[batch, dimension]`: the hard choice of Cen and others, 2020, equation 5.
  func bestInterest(toward targets: Tensor) -> Tensor {
    let best = interestScores(of: targets).max(1, keep: true).indices.unsqueeze(2)
    return gather(1, best.expand([size(0), 1, size(2)])).squeeze(1)
  }
}
