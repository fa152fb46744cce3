import CorralData
import CorralEvaluation
import CorralModels
import CorralVectors
import Torch

extension TrainingSettings {
  /// Throws `SettingError` for the first value that training cannot use, and `EvaluationError` for an
  /// unknown metric.
  package func validate() throws {
    try SettingError.check("epochs", epochs, atLeast: 1)
    try SettingError.check(batch > 1, "batch", batch, "give 2 examples or more, such as 1024")
    try SettingError.check("rate", aboveZero: rate, such: ", such as 0.001")
    try SettingError.check("weightDecay", weightDecay, atLeast: 0)
    try SettingError.check(
      weightDecay == 0 || optimiser == .adam, "weightDecay", weightDecay,
      "only the adam optimiser decays weights; give 0, or set optimiser beside it to adam")
    try SettingError.check(
      clip >= 0 && clip.isFinite, "clip", clip, "give 0 for no clipping, or a norm such as 1")
    try SettingError.check("withheldUsers", share: withheldUsers)
    try SettingError.check("evaluateEvery", evaluateEvery, atLeast: 1, of: " epoch")
    try SettingError.check(
      patience >= 0, "patience", patience, "give 0 to never stop early, or 1 or more")
    try SettingError.check(
      checkpointEvery >= 0, "checkpointEvery", checkpointEvery, "give 0 or more steps")
    try SettingError.check(
      (0...Parallel.mostThreads).contains(threads), "threads", threads,
      "give 0 to \(Parallel.mostThreads), and best no more than the machine has cores")
    let metric = try Metric(named: metric)
    try SettingError.check(
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
