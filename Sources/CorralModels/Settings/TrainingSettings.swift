/// How a model is trained: the `train` block of a settings file.
public struct TrainingSettings: Sendable, Codable, Equatable {
  /// Passes over the training examples, at most.
  public var epochs = 20
  /// The number of examples in a step.
  public var batch = 1024
  /// The update rule.
  public var optimiser = UpdateRule.adam
  /// The learning rate.
  public var rate: Float = 1e-3
  /// How the learning rate changes over the run.
  public var schedule = Schedule.constant
  /// The share of a weight that a step at rate 1 takes away (AdamW), on the rows that a step
  /// touches.
  public var weightDecay: Float = 0
  /// The largest norm of all gradients together; 0 does not clip.
  public var clip: Float = 0
  /// The seed of initial parameters, example order, dropout and negatives.
  public var seed: UInt64 = 42
  /// The share of examples without their user, so that the model learns to serve unknown users.
  public var withheldUsers = 0.0
  /// The validation metric that decides which epoch is best.
  public var metric = "ndcg@10"
  /// The number of epochs from one validation to the next.
  public var evaluateEvery = 1
  /// Validations without a better value before training stops; 0 never stops early.
  public var patience = 5
  /// The number of steps from one checkpoint to the next in an epoch; 0 saves only at the end of
  /// epochs.
  public var checkpointEvery = 0
  /// Threads that tensor operations use; 0 leaves the choice to libtorch.
  ///
  /// Small models gain little from a second thread. If another program uses its core, a step waits
  /// more than 30 times as long as it computes.
  public var threads = 1
  /// The device of the tensors: `cpu`, or `cuda` if the machine has one.
  public var device = "cpu"

  /// The defaults.
  public init() {}

  /// The update rules; embedding tables get the row-sparse form of each.
  public enum UpdateRule: String, Sendable, Codable, CaseIterable {
    /// Adam, lazy on the rows of embedding tables (Kingma and Ba, 2015).
    case adam
    /// RMSProp, which gives tables exactly what dense updates would: for sparse logs, in which rows
    /// are touched rarely (Tieleman and Hinton, 2012).
    case rmsprop
    /// Adagrad, with one accumulator for each row of an embedding table (Duchi and others, 2011).
    case adagrad
    /// Plain stochastic gradient descent.
    case sgd
  }

  /// How the learning rate changes over a run.
  public enum Schedule: String, Sendable, Codable, CaseIterable {
    /// The same throughout.
    case constant
    /// Falling in a straight line to 0 at the end of the last epoch.
    case linear
  }
}
