/// The pairs of the CoRR paper (Huang and others, 2023, table 2), each with settings under which its
/// retriever is strong alone, so that what is gained is gained over that.
extension ArmStudy.Pair {
  /// The two models, the split of the data that the paper has for them, and how a method trains them.
  package func settings(_ method: ArmStudy.Method) -> [String] {
    split + retriever + ranker + method.settings + training(method)
  }

  /// The retriever alone, and the two trained by each method; then as the paper trains them.
  package var mainArms: [ArmTable.Arm] {
    let solo = [
      ArmTable.Arm(name: "\(retrieverName) alone, sampled softmax", set: split + retriever)
    ]
    let others = rivals.map { name in
      ArmTable.Arm(name: "\(name) alone", set: split + ["retriever.model=\(name)"])
    }
    let methods = ArmStudy.Method.allCases.map { method in
      ArmTable.Arm(
        name: method.rawValue, set: settings(method), published: published[method] ?? [])
    }
    let asPublished =
      publishedSettings.map { models in
        [ArmStudy.Method.independent, .corr].map { method in
          ArmTable.Arm(
            name: "\(method.rawValue), as published",
            set: split + models + method.settings
              + (method == .independent
                ? [] : ["cooperation.known=kept", "cooperation.servedStacking=trained"]),
            published: published[method] ?? [])
        }
      } ?? []
    // Over Gowalla's factors cross-entropy orders validation better than a softmax.
    let rival = independentWithBothScores(self == .mfDeepFM ? [] : softmaxOnFallingRate)
    return solo + others + methods + [rival] + asPublished
  }

  /// Cooperative training beside the two trained apart, served as the paper does and with both scores
  /// added: on any data, and so by what has helped on most.
  package var pairArms: [ArmTable.Arm] {
    [
      ArmTable.Arm(name: "independent", set: settings(.independent)),
      independentWithBothScores(softmaxOnFallingRate),
      ArmTable.Arm(
        name: "corr",
        set: split + retriever + ranker + ArmStudy.Method.corr.settings + byItself
          + ["proposal.count=20"]),
    ]
  }

  /// The rival that the papers lack: the ranker learns apart as well as it can be made to, and what it
  /// says is added to what the retriever says.
  private func independentWithBothScores(_ training: [String]) -> ArmTable.Arm {
    ArmTable.Arm(
      name: "independent, both scores",
      set: settings(.independent) + training + [
        "ranking.servedStacking=validated", "ranking.negatives.known=masked",
      ])
  }

  /// How a ranker by itself learns most on most data.
  private var softmaxOnFallingRate: [String] {
    ["ranking.loss.kind=softmax", "ranking.train.schedule=linear"]
  }

  private var names: (retriever: String, ranker: String) {
    let parts = rawValue.split(separator: "+").map(String.init)
    return (parts[0], parts[1])
  }

  private var retrieverName: String { names.retriever }

  /// Retrievers that are strong on the same task.
  private var rivals: [String] {
    switch self {
    case .mfDeepFM, .dssmDCN: ["implicit-als", "bpr-mf"]
    case .sasrecDIN, .caserBST: ["two-tower", "item2vec"]
    }
  }

  private var split: [String] {
    switch self {
    case .mfDeepFM, .dssmDCN:
      [
        "data.split.rule=ratio", "data.split.order=random", "data.split.validation=0.1",
        "data.split.test=0.1",
      ]
    case .sasrecDIN, .caserBST: ["data.split.rule=leave-one-out"]
    }
  }

  private var retriever: [String] {
    switch self {
    case .mfDeepFM:
      [
        "retriever.model=mf", "retriever.dimension=128", "retriever.similarity=cosine",
        "loss.temperature=0.1", "correction.estimate=static", "correction.form=yi",
        "train.optimiser=rmsprop", "train.rate=0.004", "train.schedule=linear",
        "train.epochs=20", "train.evaluateEvery=2", "train.patience=0",
      ]
    default: ["retriever.model=\(names.retriever)"]
    }
  }

  private var ranker: [String] {
    switch self {
    case .mfDeepFM:
      ["ranker.model=deepfm", "ranker.history=50", "ranker.hidden=[128,64]"]
    case .sasrecDIN:
      [
        "ranker.model=din", "ranker.dimension=64", "ranker.attention=[16]", "ranker.hidden=[32]",
        "ranker.dropout=0.2", "ranker.initialSpread=0.05",
      ]
    default: ["ranker.model=\(names.ranker)"]
    }
  }

  /// What a method has besides what names it.
  private func training(_ method: ArmStudy.Method) -> [String] {
    let together = ["cooperation.supervision=own"]
    return switch self {
    case .mfDeepFM: trainingOfFactors(method, together)
    case .sasrecDIN: trainingOfSequences(method, together)
    case .dssmDCN, .caserBST: method == .independent ? [] : together
    }
  }

  /// Over strong factors a ranker adds most as what they miss, stacked on their scores, and has learned
  /// that in one epoch, after which it only remembers its positives.
  private func trainingOfFactors(
    _ method: ArmStudy.Method, _ together: [String]
  ) -> [String] {
    let stacked =
      together + [
        "cooperation.stacking=1", "cooperation.servedStacking=trained", "cooperation.rankerRate=5",
        "cooperation.weights.distillation=0.1",
      ]
    return switch method {
    case .independent: ["ranking.train.epochs=8", "ranking.train.evaluateEvery=2"]
    case .icc: stacked + ["cooperation.alternation.alone=19"]
    case .rankflow:
      stacked + [
        "cooperation.alternation.alone=17", "cooperation.alternation.apart=1",
        "cooperation.alternation.first=1", "cooperation.alternation.second=1",
      ]
    case .corr:
      stacked + [
        "cooperation.alternation.alone=19", "cooperation.rankerCorrection=off",
        "proposal.kind=top-and-rand", "proposal.pool=500",
      ]
    }
  }

  /// A network that has met its positives many times leaves nothing to learn of what it misses, and
  /// the best of its items hold what users take next: the ranker learns by itself, against many of any
  /// items, and both scores are added when they serve.
  private func trainingOfSequences(
    _ method: ArmStudy.Method, _ together: [String]
  ) -> [String] {
    switch method {
    case .independent:
      ["ranking.train.epochs=3", "ranking.train.rate=0.003", "ranking.train.patience=0"]
    case .icc: together
    case .rankflow:
      // Epochs of tutor-learning alone undo a retriever that a softmax has made strong.
      together + [
        "cooperation.alternation.first=0", "cooperation.alternation.second=0",
        "cooperation.weights.distillation=0.1",
      ]
    case .corr: byItself + ["proposal.count=100"]
    }
  }

  /// A ranker that learns against any items, beside a retriever that keeps the loss it is strong with.
  private var byItself: [String] {
    [
      "cooperation.supervision=own", "proposal.kind=uniform",
      "cooperation.weights.distillation=0.1", "cooperation.positions=16",
    ]
  }

  /// What the released code of the paper trains with (no cosine, few negatives, one short block);
  /// `nil` for pairs of which it has no numbers to set beside.
  private var publishedSettings: [String]? {
    switch self {
    case .mfDeepFM:
      ["retriever.model=bpr-mf", "retriever.dimension=64", "ranker.model=deepfm"]
    case .sasrecDIN:
      [
        "retriever.model=sasrec", "retriever.layers=1", "retriever.heads=2",
        "retriever.history=20", "retriever.dropout=0.3", "retriever.feedForward=128",
        "loss.kind=bce", "negatives.count=20", "negatives.sharing=example", "ranker.model=din",
      ]
    case .dssmDCN, .caserBST: nil
    }
  }

  /// Recall, NDCG and MRR at 10 of table 2: MF and DeepFM on Gowalla, SASRec and DIN on ML-10M.
  private var published: [ArmStudy.Method: [Double]] {
    switch self {
    case .mfDeepFM:
      [
        .independent: [0.0824, 0.0617, 0.0796], .icc: [0.0908, 0.0618, 0.0814],
        .rankflow: [0.0935, 0.0634, 0.0865], .corr: [0.1052, 0.0749, 0.1017],
      ]
    case .sasrecDIN:
      [
        .independent: [0.1689, 0.0897, 0.0596], .icc: [0.1727, 0.0923, 0.0621],
        .rankflow: [0.1759, 0.0933, 0.0660], .corr: [0.1846, 0.0983, 0.0725],
      ]
    case .dssmDCN, .caserBST: [:]
    }
  }
}
