package import CorralData
package import CorralModels
package import CorralSampling
import CorralVectors
package import Torch

/// Trains a retriever on a stream: every example once, in order, with no end.
///
/// The loss is the in-batch softmax of Yi and others (RecSys 2019), rewards as weights, with log Q
/// from their streaming estimate. Users and items can be added between two steps. All randomness
/// follows from the seed and the number of the step, so that a run that goes on from its `state` ends
/// with the same bytes as one that never stopped, with the same number of threads. A step costs the
/// batch alone, whatever the number of users and items.
package struct OnlineTraining {
  /// What is trained.
  package let settings: RetrieverTrainingSettings
  /// How it is trained on.
  package let pace: OnlineSettings
  /// The steps so far.
  package private(set) var steps: Int
  /// How often each item was a target, in the training of the first model and since, `[items]`.
  package private(set) var counts: [Int]
  private let parameters: Parameters
  private let retriever: any GrowingRetriever
  private var optimiser: Optimizer
  private var negatives: TrainingNegatives
  private var probabilities: ColumnProbabilities

  /// A training that goes on from a trained model, in which item i was a target `counts[i]` times.
  ///
  /// The optimiser starts without memory, and the estimate of frequencies from the counts.
  ///
  /// - Throws: `ModelsError.cannotGrow` for a model that takes no new items, `SettingError` for
  ///   settings that do not fit a stream, and `TorchError`.
  package init(
    _ settings: RetrieverTrainingSettings, _ pace: OnlineSettings, from model: FrozenRetriever,
    counts: [Int]
  ) throws {
    var correction = settings.correction
    correction.estimate = pace.correction
    let source: ColumnProbabilities.Source =
      switch pace.correction {
      case .none: .none
      case .static: .static(ItemFrequencies(counts: counts))
      case .streaming:
        .streaming(FrequencyEstimator(correction.estimator, counts: counts, batch: pace.batch))
      }
    try self.init(
      settings, pace, catalogue: model.catalogue, stored: model.stored, counts: counts,
      ColumnProbabilities(form: correction.form, itemCount: counts.count, source: source))
  }

  private init(
    _ settings: RetrieverTrainingSettings, _ pace: OnlineSettings, catalogue: Catalogue,
    stored: [String: StoredTensor], counts: [Int], _ probabilities: ColumnProbabilities
  ) throws {
    try pace.validate()
    var settings = settings
    // Other negatives are drawn from counts or partitions, which a growing catalogue would outdate.
    if settings.negatives.kind != .inBatch { settings.negatives = NegativeSettings() }
    settings.correction.estimate = pace.correction
    try settings.validate()
    if settings.train.threads > 0 { Torch.threads = settings.train.threads }
    guard counts.count == catalogue.items.count else {
      fatalError("OnlineTraining: \(counts.count) counts for \(catalogue.items.count) items")
    }
    self.settings = settings
    self.pace = pace
    self.counts = counts
    self.probabilities = probabilities
    steps = 0
    let parameters = Parameters(
      stored: stored, seed: settings.train.seed, device: try Device(named: settings.train.device))
    self.parameters = parameters
    retriever = try parameters.build {
      try settings.retriever.growing(settings.retriever.network(for: catalogue, in: $0))
    }
    optimiser = Optimizer(
      settings.train.rule, rate: 0,
      clipping: settings.train.clip > 0 ? .norm(settings.train.clip) : .off, of: parameters)
    negatives = try TrainingNegatives(settings.negatives, counts: counts)
  }

  /// The users and items that it knows.
  package var catalogue: Catalogue { retriever.catalogue }

  /// The estimate of item frequencies as it stands; `nil` without one.
  package var estimator: FrequencyEstimator? { probabilities.estimator }

  /// Adds users and items after those that are there, as `GrowingRetriever.grow` does.
  ///
  /// - Throws: `FeatureRowError` and `TorchError`; then nothing has grown.
  package mutating func grow(users: [FeatureRow], items: [FeatureRow]) throws {
    if users.isEmpty, items.isEmpty { return }
    try retriever.grow(users: users, items: items, in: parameters)
    counts += [Int](repeating: 0, count: items.count)
    probabilities.grow(to: counts.count)
    negatives.grow(to: counts.count)
  }

  /// Learns a batch of examples, once; returns the loss before.
  ///
  /// - Throws: `TrainingError.streamLossNotFinite`; the parameters are then as they were.
  package mutating func learn(_ batch: TrainingBatch) throws -> Double {
    var generator = SeededGenerator(seed: settings.train.seed, stream: UInt64(steps))
    let phase = Phase.training(seed: generator.next())
    var batch = batch
    batch.queries = batch.queries.withholding(settings.train.withheldUsers, using: &generator)
    let columns = negatives.columns(
      targets: batch.targets, of: batch.targetUsers, &probabilities, using: &generator)
    let logits = retriever.logits(of: batch, columns, settings.loss.temperature, phase).logits
    let loss = settings.loss.mean(
      ofDivided: logits, weights: Tensor(batch.weights, device: retriever.device),
      itemCount: counts.count)
    let value = Double(loss.item())
    guard value.isFinite else {
      throw TrainingError.streamLossNotFinite(value.isNaN ? "nan" : "\(value)", step: steps + 1)
    }
    loss.backward()
    optimiser.rate = pace.rate(atStep: steps, of: settings.train.rate)
    optimiser.step()
    for target in batch.targets { counts[target.position] += 1 }
    steps += 1
    return value
  }

  /// The retriever as it is now, to serve; copies all parameters.
  ///
  /// - Throws: `TrainingError.streamParameterNotFinite`, and what making a `FrozenRetriever` throws.
  package func model() throws -> FrozenRetriever {
    for parameter in parameters.all where !parameter.tensor.isFinite {
      throw TrainingError.streamParameterNotFinite(parameter.name, step: steps)
    }
    return try settings.frozen(
      parameters.stored(), of: parameters, for: retriever.catalogue, counts: counts)
  }
}

extension OnlineTraining {
  /// Everything that a training needs to go on, bit for bit.
  package struct State {
    /// The steps so far.
    package var steps: Int
    /// How often each item was a target.
    package var counts: [Int]
    /// The users and items, with their features.
    package var catalogue: Catalogue
    /// The parameters by name.
    package var parameters: [String: StoredTensor]
    /// The memory of the optimiser.
    package var optimiser: Optimizer.State
    /// The estimate of item frequencies; `nil` without one.
    package var estimator: FrequencyEstimator.State?
    /// The frequencies that do not change, as P(d) of the first items; `nil` without them.
    package var frequencies: [Double]?

    /// A state of saved parts.
    package init(
      steps: Int, counts: [Int], catalogue: Catalogue, parameters: [String: StoredTensor],
      optimiser: Optimizer.State, estimator: FrequencyEstimator.State?, frequencies: [Double]?
    ) {
      self.steps = steps
      self.counts = counts
      self.catalogue = catalogue
      self.parameters = parameters
      self.optimiser = optimiser
      self.estimator = estimator
      self.frequencies = frequencies
    }
  }

  /// The state now; copies all of it.
  ///
  /// - Throws: `TrainingError.streamParameterNotFinite`: such a state must not replace a good one.
  package func state() throws -> State {
    for parameter in parameters.all where !parameter.tensor.isFinite {
      throw TrainingError.streamParameterNotFinite(parameter.name, step: steps)
    }
    var frequencies: [Double]?
    if case .static(let known) = probabilities.source { frequencies = known.probabilities }
    return State(
      steps: steps, counts: counts, catalogue: retriever.catalogue,
      parameters: parameters.stored(), optimiser: optimiser.state(),
      estimator: probabilities.estimator?.state, frequencies: frequencies)
  }

  /// A training that goes on from a state.
  ///
  /// - Throws: `SettingError`, `TorchError` or `SamplingError` for a state that does not fit the settings.
  package init(
    _ settings: RetrieverTrainingSettings, _ pace: OnlineSettings, restoring state: State
  ) throws {
    let source: ColumnProbabilities.Source =
      switch pace.correction {
      case .none: .none
      case .static: .static(ItemFrequencies(probabilities: state.frequencies ?? []))
      case .streaming:
        .streaming(
          try state.estimator.map {
            try FrequencyEstimator(settings.correction.estimator, restoring: $0)
          } ?? FrequencyEstimator(settings.correction.estimator))
      }
    try self.init(
      settings, pace, catalogue: state.catalogue, stored: state.parameters, counts: state.counts,
      ColumnProbabilities(
        form: settings.correction.form, itemCount: state.counts.count, source: source))
    try optimiser.restore(state.optimiser)
    steps = state.steps
  }
}
