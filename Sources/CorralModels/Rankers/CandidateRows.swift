import CorralData
import Torch

/// The different items of a batch of candidates, and which of them each candidate is.
struct CandidateRows {
  /// The different items.
  let items: [ItemIndex]
  /// The position in `items` of each candidate, `[batch, candidates]`.
  private let positions: Tensor

  init(_ batch: CandidateBatch, device: Device) {
    let distinct = DistinctItems(batch.items)
    items = distinct.items
    positions = Tensor(
      distinct.positions, shape: [batch.count, batch.candidates], device: device)
  }

  /// A quantity of the different items, `[items, width]`, spread over the candidates,
  /// `[batch, candidates, width]`.
  func spread(_ quantity: Tensor) -> Tensor { quantity.rows(positions, gradient: .dense) }
}
