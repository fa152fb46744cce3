import CorralTraining

/// What the epochs of a training did, as far as people want to see it.
package struct EpochSummary {
  /// What was trained: `retriever`, `ranker`, or both.
  package let name: String
  /// How long the epochs took, in seconds; after resuming, those before the interruption too.
  package let seconds: Double
  /// The number of epochs or sweeps.
  package let epochs: Int
  /// The mean training loss of each epoch; empty for a training that computes none.
  package private(set) var losses: [Double] = []
  /// The watched metric after each epoch that was validated.
  package private(set) var validations: [Double] = []
  /// The name of the watched metric.
  package private(set) var metric = ""
  /// The number of trained numbers.
  package let parameters: Int

  /// A summary of something that has no epochs.
  init(name: String, seconds: Double, epochs: Int, parameters: Int) {
    self.name = name
    self.seconds = seconds
    self.epochs = epochs
    self.parameters = parameters
  }

  /// A summary of the reports of epochs.
  init(name: String, _ history: [EpochReport], watching metric: String, parameters: Int) {
    self.init(
      name: name, seconds: history.reduce(0) { $0 + $1.seconds + $1.validationSeconds },
      epochs: history.count, parameters: parameters)
    losses = history.map(\.loss).filter(\.isFinite)
    validations = history.compactMap { $0.validation[metric] }
    self.metric = metric
  }
}
