package import CorralData
import Torch

extension Ranker {
  /// The score of every candidate of some requests, aligned with `candidates.values`: one row of
  /// candidates a query, of any lengths.
  package func scores(
    _ candidates: Ragged<ItemIndex>, for queries: QueryBatch, as score: ServedScore = .main,
    heads: [HeadSettings] = []
  ) -> [Float] {
    candidates.scored(for: queries) { score.scores(logits($0, .inference), heads) }
  }
}

extension ServedScore {
  /// The score `[batch, candidates]` of logits `[batch, candidates, tasks]`.
  fileprivate func scores(_ logits: Tensor, _ heads: [HeadSettings]) -> Tensor {
    switch self {
    case .main: logits.select(2, 0)
    case .sum:
      logits.sigmoid().matmul(
        Tensor([1] + heads.map(\.weight), device: logits.device))
    }
  }
}
