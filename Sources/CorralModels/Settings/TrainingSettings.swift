/// How a model is trained: the `train` block of a settings file.
public struct TrainingSettings: Sendable, Codable, Equatable {
  /// Passes over the training examples, at most.
  public var epochs = 20
  /// Examples in a step.
  public var batch = 1024
  /// What turns gradients into new parameters.
  public var optimiser = Optimiser.adam
  /// The learning rate.
  public var rate: Float = 1e-3
  /// How the learning rate changes over the run.
  public var schedule = Schedule.constant
  /// The share of a weight that a step at rate 1 takes away (AdamW); on the rows that a step touches.
  public var weightDecay: Float = 0
  /// Largest norm of all gradients together; 0 leaves them as they are.
  public var clip: Float = 0
  /// The seed of initial parameters, example order, dropout and negatives.
  public var seed: UInt64 = 42
  /// The share of examples whose user is withheld, so that users that training never saw are ordinary.
  public var withheldUsers = 0.0
  /// The validation metric that decides which epoch is best.
  public var metric = "ndcg@10"
  /// Epochs from one validation to the next.
  public var evaluateEvery = 1
  /// Validations without a better value before training stops; 0 never stops early.
  public var patience = 5
  /// Steps from one checkpoint to the next inside an epoch; 0 saves at the end of epochs only.
  public var checkpointEvery = 0
  /// Threads that tensor operations use; 0 leaves the choice to libtorch.
  ///
  /// The steps of small models gain little from a second thread, and wait for it more than 30 times
  /// as long as they compute where another program uses its core.
  public var threads = 1
  /// Where tensors live: `cpu`, or `cuda` where the machine has it.
  public var device = "cpu"

  /// The defaults.
  public init() {}

  /// The update rules; embedding tables get the row-sparse form of each.
  public enum Optimiser: String, Sendable, Codable, CaseIterable {
    /// Adam, lazy on the rows of embedding tables (Kingma and Ba, 2015).
    case adam
    /// RMSProp, whose tables are what dense updates would make of them: for sparse logs, in which rows
    /// are touched rarely (Tieleman and Hinton, 2012).
    case rmsprop
    /// Adagrad, one accumulator a row of embedding tables (Duchi and others, 2011).
    case adagrad
    /// Plain stochastic gradient descent.
    case sgd
  }

  /// The courses of the learning rate.
  public enum Schedule: String, Sendable, Codable, CaseIterable {
    /// The same throughout.
    case constant
    /// Falling in a straight line to 0 at the end of the last epoch.
    case linear
  }
}
