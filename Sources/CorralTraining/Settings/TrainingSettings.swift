import CorralEvaluation
import CorralVectors
import Torch

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

  /// Throws `TrainingError.setting` for the first value that training cannot use, and
  /// `EvaluationError` for an unknown metric.
  public func validate() throws {
    func check(_ isGood: Bool, _ key: String, _ value: some Any, _ reason: String) throws {
      if !isGood {
        throw TrainingError.setting(key: "train.\(key)", value: "\(value)", reason: reason)
      }
    }
    try check(epochs > 0, "epochs", epochs, "give 1 or more")
    try check(batch > 1, "batch", batch, "give 2 examples or more, such as 1024")
    try check(rate > 0 && rate.isFinite, "rate", rate, "give a number above 0, such as 0.001")
    try check(
      weightDecay >= 0 && weightDecay.isFinite, "weightDecay", weightDecay, "give 0 or more")
    try check(
      weightDecay == 0 || optimiser == .adam, "weightDecay", weightDecay,
      "only the adam optimiser decays weights; give 0, or set train.optimiser to adam")
    try check(
      clip >= 0 && clip.isFinite, "clip", clip, "give 0 for no clipping, or a norm such as 1")
    try check(
      (0...1).contains(withheldUsers), "withheldUsers", withheldUsers, "give a share from 0 to 1")
    try check(evaluateEvery > 0, "evaluateEvery", evaluateEvery, "give 1 epoch or more")
    try check(patience >= 0, "patience", patience, "give 0 to never stop early, or 1 or more")
    try check(checkpointEvery >= 0, "checkpointEvery", checkpointEvery, "give 0 or more steps")
    try check(
      (0...Parallel.mostThreads).contains(threads), "threads", threads,
      "give 0 to \(Parallel.mostThreads), and best no more than the machine has cores")
    let metric = try Metric(named: metric)
    try check(
      metric.measure != .popularity, "metric", metric,
      "more of it is not better; watch ndcg@\(metric.cutoff) or recall@\(metric.cutoff)")
  }

  /// The update rule and its numbers.
  var rule: Optimizer.Rule {
    switch optimiser {
    case .adam: .adam(.init(decay: weightDecay))
    case .rmsprop: .rmsProp()
    case .adagrad: .adagrad()
    case .sgd: .sgd
    }
  }

  /// The settings that a resumed run may change.
  ///
  /// They decide when it ends or is saved, and no number on the way. With a learning rate that falls to
  /// the last epoch, the number of epochs is one.
  static func free(_ settings: FlatSettings) -> Set<String> {
    let free: Set = ["train.epochs", "train.patience", "train.checkpointEvery"]
    let isConstant = settings.values["train.schedule"] == Schedule.constant.rawValue
    return isConstant ? free : free.subtracting(["train.epochs"])
  }

  /// The learning rate of a step of the run, counted from 0.
  func rate(atStep step: Int, of total: Int) -> Float {
    switch schedule {
    case .constant: rate
    case .linear: rate * Float(max(total - step, 1)) / Float(max(total, 1))
    }
  }
}
