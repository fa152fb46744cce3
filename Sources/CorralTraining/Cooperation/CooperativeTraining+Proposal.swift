import CorralData
import CorralIndex
import CorralModels
import CorralSampling
import CorralVectors
import Torch

extension CooperativeTraining {
  /// Makes the proposal before the first step, and afterwards follows the items when it is time.
  mutating func refreshProposalWhereDue() throws {
    let (state, every) = (run.state, settings.cooperation.refreshEvery)
    guard let proposal else { return try refreshProposal() }
    let age = state.totalSteps - proposal.step
    let isDue = every > 0 ? age >= every : age > 0 && state.step == 0
    if isDue, proposal.proposal.followsItems { try refreshProposal() }
  }

  /// Makes the proposal anew from the items as they are, and notes how good it is.
  ///
  /// What is random about it follows from the seed and the step. Throws `TrainingError` where the
  /// vectors of items can no longer be scored or clustered.
  mutating func refreshProposal() throws {
    let step = run.state.totalSteps
    var generator = SeededGenerator(seed: ~settings.train.seed, stream: UInt64(step))
    let items = itemMatrix
    let isFinite = (try? IndexError.checkFinite(items)) != nil
    guard isFinite, items.longestRow < Self.longestVector else { throw diverged("items") }
    let refreshed = try ProposalInUse(
      settings.proposal, items: items, counts: counts, seed: generator.next(), step: step,
      after: proposal)
    proposal = refreshed
    guard retriever.isInnerProduct else { return }
    let report = try report(on: refreshed, items, using: &generator)
    run.state.proposals = (run.state.proposals ?? []) + [report]
  }

  /// What a proposal draws for some targets, given the vectors that they are scored with and whose
  /// they are.
  func drawn(
    for queries: Tensor, _ targets: [ItemIndex], of users: [UserIndex?],
    using generator: inout SeededGenerator
  ) throws -> DrawnCandidates {
    guard let proposal = proposal?.proposal else { fatalError("a step needs a proposal") }
    let context =
      proposal.followsQueries
      ? SamplingContext(queries: try scaled(queries), targets: targets)
      : SamplingContext(targets: targets)
    return DrawnCandidates(
      proposal, settings.proposal.count, for: context, form: settings.cooperation.form,
      likedBy: known.map { ($0, users) }, using: &generator)
  }

  /// The vectors of all items with an interaction, `[items, dimension]`.
  var itemMatrix: Matrix { retriever.itemMatrix(count: counts.count) }

  /// Query vectors whose inner products with items are the scores that losses see, as constants.
  ///
  /// Throws `TrainingError` where their scores would be beyond floats, or no numbers.
  private func scaled(_ queries: Tensor) throws -> Matrix {
    let divided = queries.detach() * (1 / settings.loss.temperature)
    let scaled = retriever.scale.map { divided * $0.detach() } ?? divided
    let matrix = scaled.matrix()
    guard scaled.isFinite, matrix.longestRow < Self.longestVector else { throw diverged("queries") }
    return matrix
  }

  /// The error of a run whose vectors are beyond what can be scored.
  private func diverged(_ vectors: String) -> TrainingError {
    .scoresNotFinite(vectors, epoch: run.state.epoch + 1, step: run.state.step + 1)
  }

  /// The length from which vectors are no longer scored: the product of two that are shorter, and the
  /// square of their distance, is a float even after a proposal's temperature.
  private static var longestVector: Float { 1e15 }

  /// How good a proposal is for the last training items of some users.
  private func report(
    on refreshed: ProposalInUse, _ items: Matrix, using generator: inout SeededGenerator
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
    let context = SamplingContext(queries: try scaled(queries), targets: batch.targets)
    return ProposalReport(
      step: refreshed.step,
      diagnostics: ProposalDiagnostics(
        of: refreshed.proposal,
        negatives: refreshed.proposal.draw(
          settings.proposal.count, for: context, using: &generator), for: context, items: items,
        temperature: settings.proposal.temperature,
        positives: Ragged(users.lazy.map { split.training[$0] }), seed: generator.next()))
  }

  /// The users whose draws a report is of.
  private static var reportedUsers: Int { 256 }
}
