import CorralData
import CorralIndex
import CorralModels
import CorralSampling
import CorralVectors
import Torch

/// Draws each target's negatives from a proposal that follows a retriever in training.
///
/// The proposal is made before the first step and refreshed when it is due; a refresh starts from the
/// old proposal. Its randomness follows from the seed and the step.
struct ProposalDraws {
  let settings: ProposalSettings
  /// The steps from one refresh to the next; 0 refreshes once an epoch.
  let refreshEvery: Int
  /// How the probabilities of draws are corrected for; `nil` corrects nothing.
  let form: CorrectionSettings.Form?
  /// The temperature of the loss.
  let temperature: Float
  let seed: UInt64
  let split: Split
  /// How often each item is a target in training.
  let counts: [Int]
  /// What users took in training; `nil` if it may be drawn as a negative.
  let known: KnownItems?
  /// The proposal in use; `nil` before the first step.
  private(set) var inUse: InUse?

  /// A proposal, and the number of the step at which it was made.
  struct InUse {
    let proposal: Proposal
    let step: Int
  }

  /// A proposal in a checkpoint, among other tensors.
  struct Saved {
    let step: Int
    let file: SafetensorsFile
  }
}

extension ProposalDraws {
  /// The proposal of the next step, made or refreshed when it is time.
  mutating func current(
    for retriever: any Retriever, _ counters: inout TrainingCounters
  ) throws -> Proposal {
    guard let inUse else { return try refresh(for: retriever, &counters) }
    let age = counters.totalSteps - inUse.step
    let isDue = refreshEvery > 0 ? age >= refreshEvery : age > 0 && counters.step == 0
    return isDue && inUse.proposal.followsItems
      ? try refresh(for: retriever, &counters) : inUse.proposal
  }

  /// Refreshes the proposal if it is older than the parameters, as before a validation.
  mutating func catchUp(
    with retriever: any Retriever, _ counters: inout TrainingCounters
  ) throws {
    if let inUse, inUse.proposal.followsItems, inUse.step < counters.totalSteps {
      _ = try refresh(for: retriever, &counters)
    }
  }

  /// Goes on with the proposal of a checkpoint, which draws what it would have drawn.
  mutating func restore(_ saved: Saved?, for retriever: any Retriever) throws {
    inUse = try saved.map {
      InUse(
        proposal: try Proposal(
          settings, items: retriever.itemMatrix(count: counts.count), counts: counts,
          restoring: $0.file),
        step: $0.step)
    }
  }

  /// Draws for some targets, given the vectors that they are scored with and their users.
  ///
  /// Throws `TrainingError` if vectors are too long to be scored or not finite.
  func draws(
    from proposal: Proposal, for queries: Tensor, _ targets: [ItemIndex], of users: [UserIndex?],
    by retriever: any Retriever, _ counters: TrainingCounters,
    using generator: inout SeededGenerator
  ) throws -> DrawnCandidates {
    let context =
      proposal.followsQueries
      ? SamplingContext(queries: try scaled(queries, by: retriever, counters), targets: targets)
      : SamplingContext(targets: targets)
    return DrawnCandidates(
      proposal, settings.count, for: context, form: form, likedBy: known.map { ($0, users) },
      using: &generator)
  }

  /// Makes the proposal from the items as they are now, and reports how good it is.
  ///
  /// Throws `TrainingError` if the vectors of items can no longer be scored or clustered.
  private mutating func refresh(
    for retriever: any Retriever, _ counters: inout TrainingCounters
  ) throws -> Proposal {
    let step = counters.totalSteps
    var generator = SeededGenerator(seed: ~seed, stream: UInt64(step))
    let items = retriever.itemMatrix(count: counts.count)
    let isFinite = (try? IndexError.checkFinite(items)) != nil
    guard isFinite, items.longestRow < Self.longestVector else {
      throw counters.diverged("items")
    }
    let proposal = try Proposal(
      settings, items: items, counts: counts, seed: generator.next(),
      startingFrom: inUse?.proposal)
    inUse = InUse(proposal: proposal, step: step)
    guard retriever.isInnerProduct else { return proposal }
    let report = try report(on: proposal, items, of: retriever, counters, using: &generator)
    counters.proposals = (counters.proposals ?? []) + [report]
    return proposal
  }

  /// Query vectors whose inner products with items are the scores that losses see, as constants.
  private func scaled(
    _ queries: Tensor, by retriever: any Retriever, _ counters: TrainingCounters
  ) throws -> Matrix {
    let divided = queries.detach() * (1 / temperature)
    let scaled = retriever.scale.map { divided * $0.detach() } ?? divided
    let matrix = scaled.matrix()
    guard scaled.isFinite, matrix.longestRow < Self.longestVector else {
      throw counters.diverged("queries")
    }
    return matrix
  }

  /// Diagnostics of a proposal on the last training items of some users.
  private func report(
    on proposal: Proposal, _ items: Matrix, of retriever: any Retriever,
    _ counters: TrainingCounters, using generator: inout SeededGenerator
  ) throws -> ProposalReport {
    let known = (0..<split.userCount).filter { split.training[$0].count > 1 }
    let step = max(1, known.count / Self.reportedUsers)
    let users = stride(from: 0, to: known.count, by: step).prefix(Self.reportedUsers)
      .map { known[$0] }
    let batch = TrainingBatch(
      queries: QueryBatch(
        users: users.map(UserIndex.init),
        histories: Ragged(users.lazy.map { split.training[$0].dropLast() })),
      targets: users.compactMap { split.training[$0].last },
      weights: [Float](repeating: 1, count: users.count))
    let queries = withoutGradients {
      retriever.queries(
        batch, toward: retriever.items(batch.targets, .inference), .inference)
    }
    let context = SamplingContext(
      queries: try scaled(queries, by: retriever, counters), targets: batch.targets)
    return ProposalReport(
      step: counters.totalSteps,
      diagnostics: ProposalDiagnostics(
        of: proposal,
        negatives: proposal.draw(settings.count, for: context, using: &generator), for: context,
        items: items, temperature: settings.temperature,
        positives: Ragged(users.lazy.map { split.training[$0] }), seed: generator.next()))
  }

  /// The length from which vectors are not scored.
  ///
  /// The product of two shorter vectors, and the square of their distance, is a finite float even after
  /// division by a proposal's temperature.
  private static var longestVector: Float { 1e15 }

  /// The most users that a report looks at.
  private static var reportedUsers: Int { 256 }
}

extension TrainingCounters {
  /// The error of a run whose vectors are too long to be scored.
  fileprivate func diverged(_ vectors: String) -> TrainingError {
    .scoresNotFinite(vectors, epoch: epoch + 1, step: step + 1)
  }
}

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
