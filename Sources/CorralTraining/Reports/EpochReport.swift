/// What one pass over the training examples did: what the caller prints, logs and plots.
public struct EpochReport: Sendable, Codable, Equatable {
  /// The number of the epoch, from 1.
  public var epoch: Int
  /// Optimiser steps since the start of the run.
  public var step: Int
  /// The mean training loss over the examples of the epoch.
  public var loss: Double
  /// Training examples seen in the epoch.
  public var examples: Int
  /// Seconds that the training steps took, validation not counted.
  public var seconds: Double
  /// Seconds that validation took; 0 where it was not due.
  public var validationSeconds: Double
  /// Validation metrics by name, as `ndcg@10`; empty where validation was not due.
  public var validation: [String: Double]
  /// Whether the watched metric is the best so far.
  public var isBest: Bool
  /// The epoch with the best value of the watched metric so far; 0 before the first validation.
  public var bestEpoch: Int
  /// The best value of the watched metric so far; 0 before the first validation.
  public var bestValue: Double
  /// The most memory that the process has had resident, in bytes.
  public var peakMemory: Int
  /// What each refresh of the proposal found, where candidates are drawn from one.
  public var proposals: [ProposalReport]?

  /// A report of an epoch.
  public init(
    epoch: Int, step: Int, loss: Double, examples: Int, seconds: Double,
    validationSeconds: Double = 0, validation: [String: Double] = [:], isBest: Bool = false,
    bestEpoch: Int = 0, bestValue: Double = 0, peakMemory: Int = 0
  ) {
    self.epoch = epoch
    self.step = step
    self.loss = loss
    self.examples = examples
    self.seconds = seconds
    self.validationSeconds = validationSeconds
    self.validation = validation
    self.isBest = isBest
    self.bestEpoch = bestEpoch
    self.bestValue = bestValue
    self.peakMemory = peakMemory
  }

  /// Training examples a second.
  public var examplesPerSecond: Double { seconds > 0 ? Double(examples) / seconds : 0 }
}
