import CorralData
import CorralModels
import CorralSampling
import CorralVectors

/// Each target with its draws, as columns for a retriever and as candidates for a ranker.
struct DrawnCandidates {
  /// The columns, with their probabilities.
  let columns: TrainingColumns
  /// Each target followed by its draws, `[targets, width]`.
  private let items: [ItemIndex]
  private let width: Int

  /// Draws for the targets of a context.
  ///
  /// If `users` is given, items they liked are not used as their negatives. A `form` of `nil` corrects
  /// nothing.
  init(
    _ proposal: Proposal, _ count: Int, for context: SamplingContext,
    form: CorrectionSettings.Form?, likedBy users: (KnownItems, [UserIndex?])?,
    using generator: inout SeededGenerator
  ) {
    let (draws, targetLogQ) = proposal.drawWithTargets(count, for: context, using: &generator)
    columns = TrainingColumns(
      targets: context.targets, draws, targetLogQ: targetLogQ, form: form,
      isKnown: users.map { known, users in known.contain(draws.items, of: users) } ?? [])
    width = 1 + count
    items = context.targets.enumerated().flatMap { row, target in
      [target] + draws.items[row * count..<(row + 1) * count]
    }
  }

  /// The candidates of some targets, which have one query each.
  func candidates(of rows: [Int], for queries: QueryBatch) -> CandidateBatch {
    CandidateBatch(
      queries: queries,
      items: rows.count * width == items.count
        ? items : rows.flatMap { items[$0 * width..<($0 + 1) * width] }, candidates: width)
  }
}
