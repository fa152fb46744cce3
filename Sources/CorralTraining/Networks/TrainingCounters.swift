/// Where a run stands: everything that a resumed run needs besides tensors.
struct TrainingCounters: Codable, Equatable {
  /// Whole epochs done.
  var epoch = 0
  /// Steps done in the current epoch.
  var step = 0
  /// Steps done since the start of the run.
  var totalSteps = 0
  /// The sum of the losses of the steps of this epoch, each times its examples.
  var lossSum = 0.0
  /// The examples of this epoch so far.
  var examples = 0
  /// The seconds that the steps of this epoch took.
  var seconds = 0.0
  /// The epoch with the best value of the watched metric; 0 before the first validation.
  var bestEpoch = 0
  /// The best value of the watched metric.
  var bestValue = 0.0
  /// Validations since the best one.
  var validationsWithoutBest = 0
  /// The reports of the proposal's refreshes in this epoch; `nil` without a proposal.
  var proposals: [ProposalReport]?
  /// The reports of the finished epochs.
  var history: [EpochReport] = []

  /// The mean loss of the examples of this epoch so far.
  var meanLoss: Double { examples > 0 ? lossSum / Double(examples) : 0 }

  /// The multiple of the retriever's score that ranked best in the best epoch; `nil` if only one was tried.
  var bestStacking: Float? {
    history.first { $0.epoch == bestEpoch }?.validation[StackingChoice.metric].map { Float($0) }
  }

  /// Counts one step.
  mutating func add(loss: Double, examples count: Int, seconds more: Double) {
    step += 1
    totalSteps += 1
    lossSum += loss * Double(count)
    examples += count
    seconds += more
  }

  /// Ends the epoch.
  mutating func add(_ report: EpochReport) {
    history.append(report)
    epoch += 1
    step = 0
    lossSum = 0
    examples = 0
    seconds = 0
    proposals = nil
  }
}
