package import CorralBaselines
package import CorralData
package import CorralEvaluation
package import CorralIndex
package import CorralModels
package import CorralSampling
package import CorralTraining

/// Everything that a run can be told, with defaults that run: what a settings file holds.
///
/// Command line over file over the defaults that stand in the declarations of each block.
package struct Settings: Codable, Equatable, Sendable {
  /// Which data, and what of it counts.
  package var data = DataSettings()
  /// Which model, and its shape.
  package var retriever = RetrieverBlock()
  /// Which ranker orders the candidates, and its shape.
  package var ranker = RankerBlock()
  /// How implicit ALS is solved, if that is the model.
  package var als = ImplicitALSSettings()
  /// What training minimises.
  package var loss = LossSettings()
  /// The negatives that a positive is compared with.
  package var negatives = NegativeSettings()
  /// How popular negatives are corrected for.
  package var correction = CorrectionSettings()
  /// Clusters of items, among which retrieval is divided.
  package var clusters = ClusterSettings()
  /// How the model is trained.
  package var train = TrainingSettings()
  /// How a ranker is trained by itself.
  package var rankerTraining = RankerTrainingSettings()
  /// How retriever and ranker are trained for each other.
  package var method = CooperativeMethod.independent
  /// How joint training samples its candidates.
  package var proposal = ProposalSettings()
  /// How retriever and ranker teach each other.
  package var cooperation = CooperationSettings()
  /// How the model is measured.
  package var evaluate = EvaluationSettings()
  /// How candidates are found when the model serves.
  package var index = IndexSettings()

  /// The defaults.
  package init() {}

  /// Seeds everything that training draws.
  package mutating func seed(_ seed: UInt64) {
    (train.seed, rankerTraining.train.seed) = (seed, seed)
  }

  /// Leaves out of the data what was shown and not taken, unless a ranker trained by itself, which
  /// alone learns from it, is asked for.
  package mutating func dropUnreadImpressions() {
    if ranker == .none || method != .independent { data.impressions = .drop }
  }

  /// Keeps items without an interaction where the retriever can place them by their features, unless
  /// the settings say what becomes of them.
  package mutating func chooseNewItems() {
    if data.newItems == .automatic, retriever.placesItemsByFeatures { data.newItems = .keep }
  }

  /// An overlay of files and single settings over the defaults of the models that they name, with
  /// some changes to those.
  package static func overlay(
    _ change: @escaping (inout Settings) -> Void = { _ in }
  ) -> SettingsOverlay<Settings> {
    SettingsOverlay { models in
      var settings = defaults(models)
      change(&settings)
      return settings
    }
  }

  /// The defaults, with those of the models that the groups `retriever` and `ranker` name.
  package static func defaults(_ models: [String: String]) -> Settings {
    var settings = Settings()
    if let name = models["retriever"], let retriever = RetrieverBlock(name) {
      settings.retriever = retriever
      if case .network(let network) = retriever {
        let run = RetrieverTrainingSettings(network)
        (settings.loss, settings.negatives) = (run.loss, run.negatives)
        (settings.correction, settings.train) = (run.correction, run.train)
      }
    }
    if let name = models["ranker"], let ranker = RankerBlock(name) { settings.ranker = ranker }
    return settings
  }
}
