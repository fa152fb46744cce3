package import CorralSampling

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What one epoch did, for the caller to print, log and plot.
public struct EpochReport: Sendable, Codable, Equatable {
  /// The number of the epoch, from 1.
  public var epoch: Int
  /// Optimiser steps since the start of the run.
  package var step: Int
  /// The loss as it is saved; `nil` for a training that computes none.
  private var statedLoss: Double?
  /// Training examples seen in the epoch.
  public var examples: Int
  /// Seconds that the training steps took, validation not counted.
  public var seconds: Double
  /// Seconds that validation took; 0 if it was not due.
  package var validationSeconds: Double
  /// Validation metrics by name, as `ndcg@10`; empty if validation was not due.
  public var validation: [String: Double]
  /// Whether the watched metric is the best so far.
  package var isBest: Bool
  /// The epoch with the best value of the watched metric so far; 0 before the first validation.
  public var bestEpoch: Int
  /// The best value of the watched metric so far; 0 before the first validation.
  public var bestValue: Double
  /// The largest resident memory of the process so far, in bytes.
  package var peakMemory: Int
  /// The reports of the proposal's refreshes; `nil` without a proposal.
  package var proposals: [ProposalReport]?

  private enum CodingKeys: String, CodingKey {
    case epoch, step, examples, seconds, validationSeconds, validation, isBest, bestEpoch
    case bestValue, peakMemory, proposals
    case statedLoss = "loss"
  }

  /// A report of an epoch.
  package init(
    epoch: Int, step: Int, loss: Double, examples: Int, seconds: Double,
    validationSeconds: Double = 0, validation: [String: Double] = [:], isBest: Bool = false,
    bestEpoch: Int = 0, bestValue: Double = 0, peakMemory: Int = 0
  ) {
    self.epoch = epoch
    self.step = step
    statedLoss = loss.isNaN ? nil : loss
    self.examples = examples
    self.seconds = seconds
    self.validationSeconds = validationSeconds
    self.validation = validation
    self.isBest = isBest
    self.bestEpoch = bestEpoch
    self.bestValue = bestValue
    self.peakMemory = peakMemory
  }

  /// The mean training loss over the examples of the epoch; `nan` for a training that computes none, as
  /// implicit ALS and item2vec.
  public var loss: Double { statedLoss ?? .nan }

  /// Training examples a second.
  public var examplesPerSecond: Double { seconds > 0 ? Double(examples) / seconds : 0 }
}

/// The diagnostics of a refreshed proposal, on the last training items of up to 256 users.
package struct ProposalReport: Sendable, Codable, Equatable {
  /// The steps of the run before the refresh.
  package var step: Int
  /// How good its draws are.
  package var diagnostics: ProposalDiagnostics

  /// A report of a refresh.
  package init(step: Int, diagnostics: ProposalDiagnostics) {
    self.step = step
    self.diagnostics = diagnostics
  }
}

/// Where a run stands inside an epoch, for a progress line.
public struct StepProgress: Sendable, Equatable {
  /// The number of the epoch, from 1.
  public var epoch: Int
  /// The number of epochs in the settings.
  public var epochs: Int
  /// Steps done in this epoch.
  public var step: Int
  /// The steps of an epoch.
  public var steps: Int
  /// The loss of this step; `nan` for a training that computes none.
  package var loss: Double
  /// The mean loss over the epoch so far; `nan` for a training that computes none.
  public var meanLoss: Double
  /// Training examples a second in this epoch so far.
  package var examplesPerSecond: Double
  /// Seconds to the end of the last epoch at this rate, validation not counted.
  public var secondsLeft: Double
}

/// The memory of this process.
enum ProcessMemory {
  /// The largest resident memory of the process so far, in bytes.
  static var peak: Int {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #else
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #endif
  }
}
