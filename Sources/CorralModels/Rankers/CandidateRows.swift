import CorralData
import Torch

/// The candidates of a batch: each different item once, and where it stands.
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

  /// A quantity of the different items, `[items, width]`, for every candidate,
  /// `[batch, candidates, width]`.
  func spread(_ quantity: Tensor) -> Tensor { quantity.rows(positions, gradient: .dense) }
}
