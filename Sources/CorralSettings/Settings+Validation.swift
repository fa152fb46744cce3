import CorralBaselines
import CorralData
import CorralEvaluation
import CorralIndex
import CorralModels
import CorralSampling
import CorralTraining
import Torch

extension Settings {
  /// Throws for the first setting that nothing can be trained with, before any data are read.
  ///
  /// Every block is checked, whether or not this run reads it: a model is saved with all of them.
  package func validate() throws {
    try SettingsTree(encoding: self).checkSizes()
    try checkUnreadBlocks()
    try SettingError.within("data") { try data.validate() }
    try checkStages()
    try checkClusters()
    try SettingError.within("loss") { try loss.validate() }
    try SettingError.within("negatives") { try negatives.validate() }
    try SettingError.within("correction") { try correction.validate() }
    try SettingError.within("clusters") { try clusters.validate() }
    try SettingError.within("train") { try train.validate() }
    try SettingError.within("evaluate") { try evaluate.validate() }
    try SettingError.within("index") { try index.validate() }
    try checkMemory()
    for device in [train.device, rankerTraining.train.device] { _ = try Device(named: device) }
  }

  private func checkStages() throws {
    switch retriever {
    case .popularity: break
    case .implicitALS(let factors):
      try SettingError.check("retriever.dimension", factors.dimension, atLeast: 1)
    case .item2vec(let item2vec):
      try SettingError.within("retriever") { try item2vec.validate() }
    case .network(let network):
      try training(network).validate()
      if !network.model.isInnerProduct, index.kind != .exact {
        throw SettingError(
          "index.kind", index.kind.rawValue,
          "no index can search by the scores of \(network.name), which are no inner products; "
            + "set it to exact, and every item is scored")
      }
    }
    try SettingError.within("als") { try als.validate() }
    if method != .independent {
      try cooperativeTraining().validate()
    } else if case .network(let ranker) = ranker {
      var network: RetrieverSettings?
      if case .network(let settings) = retriever { network = settings }
      try training(ranker).validate(over: network)
    } else {
      try training(RankerSettings()).validate()
    }
  }

  /// Throws for clusters that do not fit the models, and for what needs clusters when there are none.
  private func checkClusters() throws {
    let isDivided = clusters.kind != .off
    try SettingError.check(
      isDivided || negatives.kind != .inCluster, "negatives.kind", negatives.kind.rawValue,
      "there are no clusters to draw in; set clusters.kind, such as item2vec, or give uniform")
    try SettingError.check(
      isDivided || clusters.task == .none, "clusters.task", clusters.task.rawValue,
      "there are no clusters to tell apart; set clusters.kind, such as item2vec, or give none")
    guard isDivided else { return }
    if case .network(let network) = retriever {
      try SettingError.check(
        network.model.isInnerProduct, "clusters.kind", clusters.kind.rawValue,
        "clusters are searched by inner products, and the scores of \(network.name) are none; give off"
      )
      try network.check(clusters.task)
    } else {
      try SettingError.check(
        clusters.task == .none, "clusters.task", clusters.task.rawValue,
        "\(retriever.name) is no network that can be told clusters; give none, or set "
          + "retriever.model to sasrec")
    }
    if clusters.task == .none { return }
    try SettingError.check(
      method == .independent, "method", method.rawValue,
      "both stages would compare items of all clusters, and a retriever that is told them cannot; "
        + "give independent, or set clusters.task to none")
    try SettingError.check(
      negatives.kind == .inCluster, "negatives.kind", negatives.kind.rawValue,
      "a retriever that is told clusters learns to tell the items of each apart; give in-cluster, or "
        + "set clusters.task to none")
    if ranker != .none {
      let kind = rankerTraining.negatives.kind
      try SettingError.check(
        !kind.followsItems, "rankerTraining.negatives.kind", kind.rawValue,
        "the retriever has another vector for each cluster, which draws cannot follow; give uniform "
          + "or popularity")
    }
  }

  /// Throws for a block that says something and is read only by another method.
  private func checkUnreadBlocks() throws {
    // The command's --seed and --device are for both stages, however they are trained.
    var unsaid = RankerTrainingSettings()
    unsaid.train.seed = rankerTraining.train.seed
    unsaid.train.device = rankerTraining.train.device
    let isSaid = [
      "proposal": proposal != ProposalSettings(),
      "cooperation": cooperation != CooperationSettings(),
      "rankerTraining": rankerTraining != unsaid,
    ]
    for block in method.unreadBlocks where isSaid[block] == true {
      let (others, hint) =
        method == .independent
        ? ("for each other", "icc, rankflow or corr") : ("apart", "independent")
      throw SettingsError.unread(
        "settings of '\(block)' are for stages that are trained \(others), and 'method' is "
          + "\(method.rawValue): leave the block out, or set method to \(hint)")
    }
  }
}

extension SettingsTree {
  /// The largest size of any part of a model: no vector, layer or history is longer.
  package static let largestPart = 65_536
  /// The most entries of a list of settings outside the block `data`.
  package static let longestList = 1_000

  /// Throws for a size of a model that is beyond all use, and for a list that is.
  fileprivate func checkSizes() throws {
    for block in group?.entries ?? [] where block.name != "data" {
      try block.tree.checkSizes(
        path: block.name, isModel: block.name == "retriever" || block.name == "ranker")
    }
  }

  private func checkSizes(path: String, isModel: Bool) throws {
    switch self {
    case .value(let value):
      guard isModel, value.kind == .number, let size = Int(value.text), size > Self.largestPart
      else { return }
      throw SettingsError.wrongValue(
        path: path, reason: "is \(size), and no part of a model is larger than \(Self.largestPart)")
    case .list(let trees):
      guard trees.count <= Self.longestList else {
        throw SettingsError.wrongValue(
          path: path, reason: "has \(trees.count) entries, and \(Self.longestList) is the most")
      }
      for (position, tree) in trees.enumerated() {
        try tree.checkSizes(path: "\(path)[\(position)]", isModel: isModel)
      }
    case .group(let group):
      for entry in group.entries {
        try entry.tree.checkSizes(path: "\(path).\(entry.name)", isModel: isModel)
      }
    }
  }
}
