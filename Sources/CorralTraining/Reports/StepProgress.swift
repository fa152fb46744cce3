/// Where a run stands inside an epoch: what a progress line shows.
public struct StepProgress: Sendable, Equatable {
  /// The number of the epoch, from 1.
  public var epoch: Int
  /// The number of epochs that were asked for.
  public var epochs: Int
  /// Steps done in this epoch.
  public var step: Int
  /// Steps that an epoch has.
  public var steps: Int
  /// The loss of this step.
  public var loss: Double
  /// The mean loss over the epoch so far.
  public var meanLoss: Double
  /// Training examples a second in this epoch so far.
  public var examplesPerSecond: Double
  /// Seconds to the end of the last epoch at this rate, validation not counted.
  public var secondsLeft: Double
}
