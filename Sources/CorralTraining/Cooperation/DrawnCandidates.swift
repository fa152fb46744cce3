import CorralData
import CorralModels
import CorralSampling
import CorralVectors

/// Each target with what a proposal drew for it, as columns for a retriever and as candidates for a
/// ranker.
struct DrawnCandidates {
  /// The columns, with their probabilities.
  let columns: TrainingColumns
  /// Each target and then its draws, `[targets, width]`.
  private let items: [ItemIndex]
  private let width: Int

  /// Draws for the targets of a context, whose users are asked for what they like where that is to be
  /// told from their negatives.
  init(
    _ proposal: Proposal, _ count: Int, for context: SamplingContext,
    form: CorrectionSettings.Form, likedBy users: (KnownItems, [UserIndex?])?,
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

  /// The candidates of some targets, each with a query.
  func candidates(of rows: [Int], for queries: QueryBatch) -> CandidateBatch {
    CandidateBatch(
      queries: queries,
      items: rows.count * width == items.count
        ? items : rows.flatMap { items[$0 * width..<($0 + 1) * width] }, candidates: width)
  }
}
