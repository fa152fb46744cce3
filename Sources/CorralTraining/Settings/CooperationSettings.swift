import CorralData
package import CorralModels
package import CorralSampling

/// How a retriever and a ranker are trained for each other.
public enum CooperativeMethod: String, Sendable, Codable, CaseIterable {
  /// Each by itself: first the retriever, then the ranker.
  case independent
  /// As one soft cascade, whose loss both stages share (Gallagher and others, 2019).
  case icc
  /// In turns: the ranker learns from the draws that the retriever lets pass, and the retriever from the
  /// ranker's order of them (Qin and others, 2022).
  case rankflow
  /// Both learn from draws of a proposal that follows the retriever, and the retriever also from the
  /// ranker's distribution over them (Huang and others, 2023).
  case corr
}

/// How a retriever and a ranker teach each other: the `cooperation` block of a settings file.
package struct CooperationSettings: Sendable, Codable, Equatable {
  /// How the loss corrects for the probabilities of draws.
  ///
  /// `yi` is the form of CoRR's paper, which corrects the positive too. The other forms do not, so that a
  /// positive that the proposal finds unlikely keeps its gradient.
  package var form = CorrectionSettings.Form.yi
  /// In `corr`, whether the ranker's own loss is corrected too.
  ///
  /// If it is not, the ranker learns to tell a positive from what the proposal draws, which is what it
  /// orders when it serves.
  package var rankerCorrection = RetrieverSettings.Presence.on
  /// Which negatives the retriever's own loss compares a positive with.
  package var supervision = Supervision.proposal
  /// The weights of the losses.
  package var weights = Weights()
  /// How often the retriever's score, as a constant, is added to the ranker's in training: with 1 the
  /// ranker learns what the retriever misses, with 0 it stands alone, as in the papers.
  package var stacking: Float = 0
  /// How often the retriever's score is added to the ranker's when both serve.
  package var servedStacking = StackingChoice.validated
  /// The multiplier of the ranker's learning rate; a ranker needs fewer steps than a retriever.
  package var rankerRate: Float = 1
  /// What becomes of draws that the user took in training; distillation always uses all draws.
  package var known = KnownDraws.masked
  /// Steps from one refresh of the proposal to the next; 0 refreshes it once an epoch.
  package var refreshEvery = 0
  /// For retrievers that train all positions of a sequence, how many of them the ranker sees, a random
  /// subset in each step: each position costs it as much as a query.
  package var positions = 8
  /// What each epoch trains.
  package var alternation = Alternation()
  /// For `icc` and `rankflow`, how many of a target's draws the retriever lets pass.
  package var passed = 10
  /// For `rankflow`, how many of those the ranker keeps.
  package var kept = 5
  /// For `rankflow`, the weight of the ranker's order against its values, from 0 to 1.
  package var orderShare: Float = 0.5

  /// The defaults: those of CoRR's paper.
  package init() {}

  /// Which negatives the retriever's own loss compares a positive with.
  package enum Supervision: String, Sendable, Codable, CaseIterable {
    /// The proposal's draws, by the loss of the method's paper.
    case proposal
    /// Those of the blocks `loss`, `negatives` and `correction`, as if it were trained alone; the ranker
    /// and distillation use the proposal's draws.
    case own
  }

  /// The weights of the losses.
  package struct Weights: Sendable, Codable, Equatable {
    /// The ranker's own loss.
    package var ranker: Float = 1
    /// The retriever's own loss.
    package var retriever: Float = 1
    /// The distillation: what the retriever learns from the ranker.
    package var distillation: Float = 1

    /// All weights 1.
    package init() {}
  }

  /// What each epoch trains.
  package struct Alternation: Sendable, Codable, Equatable {
    /// Epochs at the start in which the retriever learns alone, by its own loss: the ranker costs more,
    /// and then starts with a trained retriever.
    package var alone = 0
    /// Epochs after them in which each stage learns by its own loss only.
    package var apart = 0
    /// After them in turns, epochs of a method's first part: in `corr` the ranker's loss, in `rankflow`
    /// the own loss of each stage.
    ///
    /// If both `first` and `second` are 0, every step has both parts.
    package var first = 0
    /// Epochs of a method's second part: in `corr` the retriever's losses, in `rankflow` what it learns
    /// from the ranker.
    package var second = 0

    /// Both parts in every step.
    package init() {}
  }

  /// Throws `SettingError` for the first value that a method with `count` draws per target cannot use, and
  /// for a value that it does not read.
  func validate(_ method: CooperativeMethod, draws count: Int) throws {
    try SettingError.within("weights") { try weights.validate() }
    try SettingError.check("stacking", stacking, atLeast: 0, such: ", such as 1")
    try SettingError.check("rankerRate", rankerRate, atLeast: 0, such: ", such as 0.1")
    try SettingError.check(
      refreshEvery >= 0, "refreshEvery", refreshEvery, "give 0 for once an epoch, or steps")
    try SettingError.check(
      positions > 0, "positions", positions, "a ranker learns from 1 or more, such as 8")
    try SettingError.within("alternation") { try alternation.validate(method) }
    try SettingError.check(
      rankerCorrection == .on || method == .corr, "rankerCorrection", rankerCorrection.rawValue,
      "\(method.rawValue) learns by cross-entropy of each draw, which nothing corrects; leave it out"
    )
    let usual = CooperationSettings()
    func check(_ key: String, _ value: some Any, isUsual: Bool, of methods: [CooperativeMethod])
      throws
    {
      try SettingError.check(
        isUsual || methods.contains(method), key, value,
        "\(method.rawValue) does not read it; leave it out, or set method to "
          + methods.map(\.rawValue).joined(separator: " or "))
    }
    try check("passed", passed, isUsual: passed == usual.passed, of: [.icc, .rankflow])
    try check("kept", kept, isUsual: kept == usual.kept, of: [.rankflow])
    try check("orderShare", orderShare, isUsual: orderShare == usual.orderShare, of: [.rankflow])
    if method == .icc || method == .rankflow {
      try SettingError.check(
        (1...count).contains(passed), "passed", passed,
        "they are some of the \(count) of proposal.count; give 1 to \(count)")
    }
    if method == .rankflow {
      try SettingError.check(
        (1...passed).contains(kept), "kept", kept,
        "they are some of the \(passed) of passed beside it; give 1 to \(passed)")
      try SettingError.check("orderShare", share: orderShare)
    }
  }
}

extension CooperationSettings.Weights {
  fileprivate func validate() throws {
    try SettingError.check("ranker", ranker, atLeast: 0)
    try SettingError.check("retriever", retriever, atLeast: 0)
    try SettingError.check("distillation", distillation, atLeast: 0)
  }
}

extension CooperationSettings.Alternation {
  fileprivate func validate(_ method: CooperativeMethod) throws {
    try SettingError.check("alone", alone, atLeast: 0, of: " epochs")
    try SettingError.check("apart", apart, atLeast: 0, of: " epochs")
    try SettingError.check("first", first, atLeast: 0, of: " epochs")
    try SettingError.check("second", second, atLeast: 0, of: " epochs")
    try SettingError.check(
      (first > 0) == (second > 0), "second", second,
      "turns need epochs of both parts, and \(first) are of the first; give as many, or 0 for both")
    try SettingError.check(
      method != .icc || first == 0, "first", first,
      "a cascade has one loss for both stages, and no parts; give 0")
  }
}
