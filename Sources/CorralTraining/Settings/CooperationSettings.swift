public import CorralModels
public import CorralSampling

/// How a retriever and a ranker are trained for each other.
public enum CooperativeMethod: String, Sendable, Codable, CaseIterable {
  /// They are not: the retriever alone, and then the ranker alone, by the trainings of their own.
  case independent
  /// One soft cascade, whose loss both stages share (Gallagher and others, 2019).
  case icc
  /// Each stage learns from what the one before it lets pass, and the first from the order of the
  /// second, in turns (Qin and others, 2022).
  case rankflow
  /// Both learn from draws of a proposal that follows the retriever, and the retriever from the
  /// ranker's distribution over them (Huang and others, 2023).
  case corr
}

/// How stages teach each other: the `cooperation` block of a settings file.
public struct CooperationSettings: Sendable, Codable, Equatable {
  /// How the probabilities of draws are corrected for: `yi` is the form of CoRR's paper, in which the
  /// positive is corrected too; in the others it is not, and a positive that the proposal finds
  /// unlikely keeps its gradient.
  public var form = CorrectionSettings.Form.yi
  /// In `corr`, whether the ranker's own loss is corrected too: `off`, it learns what sets a positive
  /// apart from what the proposal draws, which is what it orders when it serves.
  public var rankerCorrection = RetrieverSettings.Presence.on
  /// What the retriever's own loss compares a positive with.
  public var supervision = Supervision.proposal
  /// How much each loss counts.
  public var weights = Weights()
  /// How much of the retriever's score, a constant to it, is added to the ranker's: with 1 the ranker
  /// learns what the retriever misses, with 0 it stands alone, as in the papers.
  public var stacking: Float = 0
  /// How much of the retriever's score is added when they serve.
  public var servedStacking = ServedStacking.validated
  /// What the learning rate is multiplied by for the ranker, which has seen enough sooner than a
  /// retriever.
  public var rankerRate: Float = 1
  /// What becomes of draws that the user took in training; what the retriever learns of the ranker's
  /// distribution is over all draws.
  public var known = KnownDraws.masked
  /// Steps from one refresh of the proposal to the next; 0 refreshes it once an epoch.
  public var refreshEvery = 0
  /// For retrievers that train all positions of a stretch, how many of them, drawn anew each time,
  /// the ranker sees: it pays for every one.
  public var positions = 8
  /// Which epochs train what.
  public var alternation = Alternation()
  /// For `icc` and `rankflow`, how many of a row's draws the retriever lets pass.
  public var passed = 10
  /// For `rankflow`, how many of those the ranker keeps.
  public var kept = 5
  /// For `rankflow`, how much the ranker's order counts against its values, from 0 to 1.
  public var orderShare: Float = 0.5

  /// The defaults: those of CoRR's paper.
  public init() {}

  /// What the retriever's own loss compares a positive with.
  public enum Supervision: String, Sendable, Codable, CaseIterable {
    /// The proposal's draws, by the loss of the method's paper.
    case proposal
    /// What the blocks `loss`, `negatives` and `correction` say, as if it were trained alone; the
    /// ranker and its lessons have the proposal's draws.
    case own
  }

  /// How much each loss counts.
  public struct Weights: Sendable, Codable, Equatable {
    /// The ranker's own loss.
    public var ranker: Float = 1
    /// The retriever's own loss.
    public var retriever: Float = 1
    /// What the retriever learns from the ranker.
    public var distillation: Float = 1

    /// All the same.
    public init() {}
  }

  /// Which epochs train what.
  public struct Alternation: Sendable, Codable, Equatable {
    /// Epochs at the start in which the retriever learns alone, by its own loss: the ranker, which
    /// costs more, then starts from what a retriever brings.
    public var alone = 0
    /// Epochs after them in which each stage learns by its own loss only.
    public var apart = 0
    /// After them in turns, epochs of a method's first part: in `corr` the ranker, in `rankflow` both
    /// stages by themselves.
    ///
    /// 0, and 0 for the second, for all parts in every step.
    public var first = 0
    /// Epochs of a method's second part: in `corr` the retriever, in `rankflow` what it learns from
    /// the ranker.
    public var second = 0

    /// All parts in every step.
    public init() {}
  }

  /// Throws `TrainingError.setting` for the first value that a method cannot use, with `count` draws
  /// a row.
  func validate(_ method: CooperativeMethod, draws count: Int) throws {
    func check(_ isGood: Bool, _ key: String, _ value: some Any, _ reason: String) throws {
      if !isGood {
        throw TrainingError.setting(
          key: "cooperation.\(key)", value: "\(value)", reason: reason)
      }
    }
    for (key, weight) in [
      ("ranker", weights.ranker), ("retriever", weights.retriever),
      ("distillation", weights.distillation),
    ] {
      try check(weight >= 0 && weight.isFinite, "weights.\(key)", weight, "give 0 or more")
    }
    try check(
      stacking >= 0 && stacking.isFinite, "stacking", stacking, "give 0 or more, such as 1")
    try check(
      rankerRate >= 0 && rankerRate.isFinite, "rankerRate", rankerRate,
      "give 0 or more, such as 0.1")
    try check(refreshEvery >= 0, "refreshEvery", refreshEvery, "give 0 for once an epoch, or steps")
    try check(positions > 0, "positions", positions, "a ranker learns from 1 or more, such as 8")
    for (key, epochs) in [
      ("alone", alternation.alone), ("apart", alternation.apart), ("first", alternation.first),
      ("second", alternation.second),
    ] {
      try check(epochs >= 0, "alternation.\(key)", epochs, "give 0 or more epochs")
    }
    try check(
      (alternation.first > 0) == (alternation.second > 0), "alternation.second",
      alternation.second,
      "turns need epochs of both parts, and \(alternation.first) are of the first; give as many, "
        + "or 0 for both")
    try check(
      method != .icc || alternation.first == 0, "alternation.first", alternation.first,
      "a cascade has one loss for both stages, and no parts; give 0")
    if method == .corr { return }
    try check(
      rankerCorrection == .on, "rankerCorrection", rankerCorrection.rawValue,
      "\(method.rawValue) learns by cross-entropy of each draw, which nothing corrects; leave it out"
    )
    try check(
      (1...count).contains(passed), "passed", passed,
      "they are some of the \(count) of proposal.count; give 1 to \(count)")
    try check(
      (1...passed).contains(kept), "kept", kept,
      "they are some of the \(passed) of cooperation.passed; give 1 to \(passed)")
    try check((0...1).contains(orderShare), "orderShare", orderShare, "give a share from 0 to 1")
  }
}

extension CooperationSettings.Alternation {
  /// What an epoch trains, counted from 0.
  func part(ofEpoch epoch: Int) -> CooperativePart {
    if epoch < alone { return .alone }
    if epoch < alone + apart { return .apart }
    if first + second == 0 { return .all }
    return (epoch - alone - apart) % (first + second) < first ? .first : .second
  }
}

/// What the steps of an epoch train.
enum CooperativePart {
  /// The retriever by itself.
  case alone
  /// Each stage by itself.
  case apart
  /// The first part of a method.
  case first
  /// The second part of a method.
  case second
  /// Both parts in every step.
  case all
}
