package import CorralData

/// The columns of a batch's logits in blocks: each target has those of one block, and the items of all
/// blocks are encoded once.
///
/// The logits of a block are `[its targets, its columns]`, so that all of them together cost as much as
/// one block of all targets with the columns of one.
package struct ColumnBlocks: Sendable, Equatable {
  /// The different items of all blocks, `[items]`.
  package let items: [ItemIndex]
  /// The position in `items` of each target, `[targets]`.
  package let targets: [Int64]
  /// The blocks; each target is in one.
  package let blocks: [Block]

  /// Some targets with the columns that they share.
  package struct Block: Sendable, Equatable {
    /// The targets of the batch that belong to it, in rising order.
    package let rows: [Int]
    /// The position in the items of all blocks of each column, `[columns]`.
    package let places: [Int64]
    /// The columns, with the targets of the block.
    package let columns: TrainingColumns
  }

  /// One block of all targets.
  package init(_ columns: TrainingColumns) {
    items = columns.items
    targets = columns.targets
    blocks = [
      Block(
        rows: Array(columns.targets.indices), places: columns.items.indices.map { Int64($0) },
        columns: columns)
    ]
  }

  /// Blocks over items that are all different.
  package init(items: [ItemIndex], targets: [Int64], blocks: [Block]) {
    self.items = items
    self.targets = targets
    self.blocks = blocks
  }
}
