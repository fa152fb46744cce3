import CorralSettings

/// The experiments that train several arms on the user's data and set them side by side.
package enum ArmStudy: String, Codable, CaseIterable {
  case retrievers
  case corrMain = "corr-main"
  case corrPairs = "corr-pairs"
  case corrSamplers = "corr-samplers"
  case corrDistillation = "corr-distillation"
  case corrNegatives = "corr-negatives"

  /// A retriever and a ranker that papers train together.
  package enum Pair: String, Codable, CaseIterable {
    case mfDeepFM = "mf+deepfm"
    case dssmDCN = "dssm+dcn"
    case sasrecDIN = "sasrec+din"
    case caserBST = "caser+bst"
  }

  /// What the experiment answers.
  package var question: String {
    switch self {
    case .retrievers:
      """
      How well does each retriever find what users take next, on the same data, split and mask, and \
      what does it cost in time and memory?
      """
    case .corrMain:
      """
      Does a retriever and a ranker that teach each other (CoRR) find more than the same two trained \
      apart or in a row, and than the retriever alone?
      """
    case .corrPairs:
      """
      Does cooperative training help whichever retriever and ranker are paired? Each pair has a split \
      of its own, and so a table of its own.
      """
    case .corrSamplers:
      "What do the negatives of cooperative training have to be drawn from?"
    case .corrDistillation:
      "What does the ranker's lesson to the retriever, the sampled KL divergence, add?"
    case .corrNegatives:
      "How many negatives does cooperative training need?"
    }
  }

  /// What the first column is about.
  package var rowTitle: String {
    switch self {
    case .retrievers: "retriever"
    case .corrMain, .corrPairs: "method"
    case .corrSamplers: "proposal"
    case .corrDistillation: "distillation"
    case .corrNegatives: "negatives"
    }
  }

  /// The arm that the others are tested against; empty for the best of them.
  package var against: String {
    switch self {
    case .corrMain, .corrPairs: Method.corr.rawValue
    case .retrievers, .corrSamplers, .corrDistillation, .corrNegatives: ""
    }
  }

  /// Whether its arms are those of one pair.
  package var isOfPairs: Bool {
    switch self {
    case .retrievers: false
    case .corrMain, .corrPairs, .corrSamplers, .corrDistillation, .corrNegatives: true
    }
  }

  /// The data on which the numbers of the paper were measured that stand beside a pair's.
  package func published(_ pair: Pair) -> String? {
    switch (self, pair) {
    case (.corrMain, .mfDeepFM): "Gowalla"
    case (.corrMain, .sasrecDIN), (.corrDistillation, .sasrecDIN): "ML-10M"
    default: nil
    }
  }

  /// The arms, in the order in which they are trained.
  package func arms(_ pair: Pair) -> [ArmTable.Arm] {
    switch self {
    case .retrievers:
      RetrieverBlock.names.map { ArmTable.Arm(name: $0, set: ["retriever.model=\($0)"]) }
    case .corrMain: pair.mainArms
    case .corrPairs: pair.pairArms
    case .corrSamplers:
      ["uniform", "top-rand", "top-and-rand", "multi-index", "softmax"].map { kind in
        ArmTable.Arm(
          name: kind,
          set: pair.settings(.corr) + ["proposal.kind=\(kind)"])
      }
    case .corrDistillation:
      [("with", 1, [0.1877, 0.0994, 0.0728]), ("without", 0, [0.1780, 0.0896, 0.0660])].map {
        name, weight, published in
        ArmTable.Arm(
          name: name,
          set: pair.settings(.corr) + ["cooperation.weights.distillation=\(weight)"],
          published: published)
      }
    case .corrNegatives:
      stride(from: 10, through: 50, by: 10).map { count in
        ArmTable.Arm(
          name: "\(count)",
          set: pair.settings(.corr) + ["proposal.count=\(count)"])
      }
    }
  }

  /// How a pair is trained.
  package enum Method: String, CaseIterable {
    case independent, icc, rankflow, corr

    /// What names it, with the draws and turns of those who described it.
    package var settings: [String] {
      let name = "method=\(rawValue)"
      return switch self {
      case .independent:
        [name, "ranking.servedStacking=trained", "ranking.negatives.known=kept"]
      case .corr: [name]
      case .icc: [name, "proposal.kind=uniform"]
      case .rankflow:
        [
          name, "proposal.kind=uniform", "proposal.count=50", "cooperation.passed=20",
          "cooperation.kept=10", "cooperation.alternation.apart=5",
          "cooperation.alternation.first=5", "cooperation.alternation.second=5",
        ]
      }
    }
  }
}
