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

  /// The validation metrics; the proposal is refreshed first.
  mutating func measure() throws -> [String: Double]? {
    guard let validation else { return nil }
    try draws.catchUp(with: retriever, &state.counters)
    let stackings = stackingsToTry
    // Each is measured as a multiple of 1; a ranker that stands alone has no retriever to score with.
    let (retriever, ranker) = try frozen(
      parameters.stored(), stacking: stackings == [0] ? 0 : 1)
    return try validation.measure(retriever, then: ranker, stackings)
  }

  /// Saves the run with the estimator of frequencies and the proposal.
  func save() throws { try state.save(probabilities.estimator?.state, draws.inUse) }

  /// Goes on where the checkpoint left off, if there is one.
  mutating func resume() throws {
    var (probabilities, draws) = (probabilities, draws)
    let (settings, retriever) = (settings, retriever)
    try state.resume { saved in
      probabilities = try probabilities.restored(saved, as: settings.correction)
      try draws.restore(saved.proposal, for: retriever)
    }
    (self.probabilities, self.draws) = (probabilities, draws)
  }

  /// The multiples of the retriever's score that validation tries, that of training first.
  private var stackingsToTry: [Float] {
    settings.cooperation.servedStacking.tried(trained: settings.cooperation.stacking)
  }

  /// The multiple of the retriever's score in the epoch whose parameters are served.
  var servedStacking: Float {
    state.counters.bestStacking ?? settings.cooperation.stacking
  }

  /// The stages of some stored parameters; the retriever's score counts `stacking` times in the ranker's.
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
      first, of: state.parameters, under: Stage.retriever.rawValue + ".",
      for: Catalogue(users: catalogue.users, items: catalogue.items), counts: counts)
    let share = stacking / settings.retrieval.temperature(of: retriever)
    return (
      retriever,
      try FrozenRanker(
        settings.ranker, for: catalogue,
        stored: UntrainedItems(counts: counts, features: catalogue.items)
          .forgotten(parameters(.ranker), of: state.parameters, under: Stage.ranker.rawValue + "."),
        over: share == 0 ? nil : StackedRetriever(retriever, weight: share))
    )
  }
}
