import CorralData
import CorralModels
import CorralSampling
import CorralVectors
import Torch

extension CooperativeTraining {
  /// The scopes of the stages' parameters.
  enum Stage: String {
    case retriever
    case ranker
  }

  /// The metrics of the parameters as they are, and before that a proposal that follows them.
  mutating func measure() throws -> [String: Double]? {
    guard let validation else { return nil }
    if let proposal, proposal.proposal.followsItems, proposal.step < run.state.totalSteps {
      try refreshProposal()
    }
    let stackings = servedStackings
    // Each is measured as a multiple of 1; a ranker that stands alone has no retriever to score with.
    let (retriever, ranker) = try frozen(
      parameters.stored(), stacking: stackings == [0] ? 0 : 1)
    return try validation.measure(retriever, then: ranker, stackings)
  }

  /// Saves the run with the estimator of frequencies and the proposal.
  func save() throws { try run.save(negatives.correction.estimator?.state, proposal) }

  /// Goes on where the checkpoint left off, where there is one.
  mutating func resume() throws {
    var (correction, proposal) = (negatives.correction, proposal)
    let (settings, retriever, counts) = (settings, retriever, counts)
    try run.resume { saved in
      correction = try correction.restored(saved, as: settings.correction)
      proposal = try saved.proposal.map {
        try ProposalInUse(
          settings.proposal, items: retriever.itemMatrix(count: counts.count), counts: counts,
          restoring: $0)
      }
    }
    (negatives.correction, self.proposal) = (correction, proposal)
  }

  /// The weights of the retriever's score among which validation chooses, that of training first.
  private var servedStackings: [Float] {
    settings.cooperation.servedStacking.tried(trained: settings.cooperation.stacking)
  }

  /// The weight of the retriever's score in the epoch whose parameters are served.
  var servedStacking: Float {
    run.state.bestStacking ?? settings.cooperation.stacking
  }

  /// The stages of some stored parameters, the ranker's scores added to the retriever's with a weight.
  func frozen(
    _ stored: [String: StoredTensor], stacking: Float
  ) throws -> (retriever: FrozenRetriever, ranker: FrozenRanker) {
    func parameters(_ stage: Stage) -> [String: StoredTensor] {
      let prefix = stage.rawValue + "."
      return stored.reduce(into: [:]) { parameters, entry in
        guard entry.key.hasPrefix(prefix) else { return }
        parameters[String(entry.key.dropFirst(prefix.count))] = entry.value
      }
    }
    let first = parameters(.retriever)
    let retriever = try settings.retrieval.frozen(
      first, of: run.parameters, under: Stage.retriever.rawValue + ".",
      for: Catalogue(users: catalogue.users, items: catalogue.items), counts: counts)
    let share = stacking / settings.retrieval.temperature(of: retriever)
    return (
      retriever,
      try FrozenRanker(
        settings.ranker, for: catalogue,
        stored: UntrainedItems(counts: counts, features: catalogue.items)
          .forgotten(parameters(.ranker), of: run.parameters, under: Stage.ranker.rawValue + "."),
        over: share == 0 ? nil : StackedRetriever(retriever, weight: share))
    )
  }
}
