import CorralData
import CorralEvaluation
import CorralModels
import CorralSampling
import CorralTesting
import CorralTraining
import CorralVectors
import Foundation
import Testing
import Torch

/// The planted walks, for two stages that are trained for each other.
struct PlantedPair {
  var settings = CooperativeTrainingSettings()
  let planted: PlantedRun

  init(
    _ retriever: any RetrieverModelSettings = MatrixFactorisationSettings(),
    _ ranker: any RankerModelSettings = DeepFMSettings(), method: CooperativeMethod = .corr
  ) {
    planted = PlantedRun()
    settings.method = method
    settings.retriever = Self.small(retriever)
    settings.ranker = Self.small(ranker)
    settings.proposal.kind = .softmax
    settings.proposal.count = 8
    if method != .corr { settings.cooperation.passed = 4 }
    if method == .rankflow { settings.cooperation.kept = 2 }
    // A walk meets most of the thirteen items.
    settings.cooperation.known = .kept
    settings.loss.temperature = 1
    settings.candidates = 6
    settings.train.batch = retriever.examples == .pairs ? 64 : 16
    settings.train.rate = 0.02
    settings.train.epochs = 2
    settings.train.metric = "ndcg@5"
    settings.train.threads = 1
  }

  /// A retriever of few numbers.
  private static func small(_ model: any RetrieverModelSettings) -> RetrieverSettings {
    switch model {
    case var model as TwoTowerSettings:
      (model.dimension, model.history.length) = (16, 3)
      return RetrieverSettings(model)
    case var model as MatrixFactorisationSettings:
      (model.dimension, model.similarity, model.initialSpread) = (16, .dot, 0.3)
      return RetrieverSettings(model)
    case var model as SASRecSettings:
      (model.dimension, model.history, model.layers, model.heads) = (16, 6, 1, 1)
      return RetrieverSettings(model)
    case var model as BERT4RecSettings:
      (model.dimension, model.history, model.layers, model.heads) = (16, 6, 1, 1)
      return RetrieverSettings(model)
    case var model as ComiRecSettings:
      (model.dimension, model.history, model.interests) = (16, 4, 2)
      return RetrieverSettings(model)
    default:
      var model = model
      model.dimension = 8
      return RetrieverSettings(model)
    }
  }

  /// A ranker that sees the last items of a history.
  private static func small(_ model: some RankerModelSettings) -> RankerSettings {
    var model = model
    (model.dimension, model.history, model.hidden) = (16, 2, [16])
    (model.dropout, model.initialSpread, model.userEmbedding) = (0.1, 0.3, .off)
    return RankerSettings(model)
  }

  func training(
    _ checkpoint: URL? = nil, from start: TrainingStart = .scratch
  ) throws -> CooperativeTraining {
    try CooperativeTraining(
      settings, on: planted.split, of: planted.catalogue, checkpoint: checkpoint, from: start)
  }
}

extension CooperativeTraining {
  /// Trains to the end and returns the reports.
  fileprivate mutating func finish() throws -> [EpochReport] {
    var reports: [EpochReport] = []
    while let report = try next() { reports.append(report) }
    return reports
  }
}

@Suite struct `training of two stages for each other` {
  /// Two stages, and what the first compares positives with.
  typealias Pair = (
    any RetrieverModelSettings, any RankerModelSettings, CooperationSettings.Supervision?
  )

  @Test(arguments: [CooperativeMethod.corr, .rankflow, .icc])
  func `finds the planted next item`(method: CooperativeMethod) throws {
    var pair = PlantedPair(TwoTowerSettings(), DeepFMSettings(), method: method)
    pair.settings.train.epochs = 10
    var training = try pair.training()
    let reports = try training.finish()
    let last = try #require(reports.last)
    // Five of thirteen at random would give 0.23.
    #expect(last.bestValue > 0.6, "\(reports.map(\.bestValue))")
    // What the ranker adds is the difference between both stages and the retriever alone.
    let (both, alone) = (last.validation["ndcg@5"] ?? 0, last.validation["retriever/ndcg@5"] ?? 0)
    #expect(abs((last.validation["lift/ndcg@5"] ?? 9) - (both - alone)) < 1e-12)
    #expect((last.validation["recall@5"] ?? 1) <= (last.validation["retriever/recall@6"] ?? 0))
  }

  @Test(
    arguments: [
      (MatrixFactorisationSettings(), DeepFMSettings(), nil),
      (TwoTowerSettings(), DCNSettings(), .own), (ComiRecSettings(), BSTSettings(), nil),
      (SASRecSettings(), DINSettings(), nil), (SASRecSettings(), DINSettings(), .own),
      (BERT4RecSettings(), DCNv2Settings(), nil),
    ] as [Pair],
    [CooperativeMethod.corr, .rankflow, .icc])
  func `every method trains every kind of pair`(
    pair: Pair,
    method: CooperativeMethod
  ) throws {
    var planted = PlantedPair(pair.0, pair.1, method: method)
    planted.settings.cooperation.supervision = pair.2 ?? .proposal
    planted.settings.cooperation.positions = 2
    planted.settings.proposal.kind = method == .corr ? .multiIndex : .uniform
    planted.settings.proposal.clusters = 3
    var training = try planted.training()
    let before = training.parameters.stored()
    let reports = try training.finish()
    #expect(reports.count == 2 && reports.allSatisfy { $0.loss.isFinite })
    let after = training.parameters.stored()
    for stage in ["retriever.", "ranker."] {
      #expect(after.contains { $0.key.hasPrefix(stage) && before[$0.key] != $0.value })
    }
    let (retriever, ranker) = try training.model()
    #expect(retriever.settings == planted.settings.retriever)
    #expect(ranker.settings == planted.settings.ranker)
  }

  @Test func `a retriever without inner products draws by what does not need them`() throws {
    var planted = PlantedPair(NeuMFSettings(), DeepFMSettings())
    expectError(
      "setting 'proposal.kind' is softmax: it follows inner products, and the scores of neumf are "
        + "none; give uniform or popularity"
    ) { _ = try planted.training() }
    planted.settings.proposal.kind = .popularity
    var training = try planted.training()
    #expect(try training.finish().allSatisfy { $0.loss.isFinite })
  }

  @Test(arguments: [CooperativeMethod.corr, .rankflow])
  func `a retriever learns from the ranker alone what comes next`(
    method: CooperativeMethod
  ) throws {
    var planted = PlantedPair(TwoTowerSettings(), DeepFMSettings(), method: method)
    planted.settings.cooperation.weights.retriever = 0
    planted.settings.proposal.kind = .uniform
    planted.settings.train.epochs = 8
    var training = try planted.training()
    let reports = try training.finish()
    let learned = reports.map { $0.validation["retriever/ndcg@5"] ?? 0 }
    #expect((learned.last ?? 0) > 0.6, "\(learned)")
  }

  @Test func `a stacked ranker is served over the retriever's scores as its loss saw them`() throws
  {
    var planted = PlantedPair()
    (planted.settings.cooperation.stacking, planted.settings.loss.temperature) = (2, 0.5)
    planted.settings.train.epochs = 1
    // A ranker that learns nothing and starts at nothing leaves the order as it is.
    planted.settings.cooperation.weights.ranker = 0
    if var ranker = planted.settings.ranker.model as? DeepFMSettings {
      ranker.initialSpread = 1e-6
      planted.settings.ranker = RankerSettings(ranker)
    }
    var training = try planted.training()
    let values = try training.finish().last?.validation ?? [:]
    #expect(values["ndcg@5"] == values["retriever/ndcg@5"])
    #expect(try training.model().ranker.stacked?.weight == 4)
  }

  @Test func `a ranker that knows less than its retriever counts less when they serve`() throws {
    /// The validation of a pair whose ranker says anything, and the pair.
    func trained(
      _ served: StackingChoice
    ) throws -> (
      values: [String: Double], planted: PlantedPair,
      pair: (retriever: FrozenRetriever, ranker: FrozenRanker)
    ) {
      var planted = PlantedPair()
      planted.settings.cooperation.stacking = 0.5
      planted.settings.cooperation.servedStacking = served
      planted.settings.cooperation.weights.ranker = 0
      planted.settings.train.epochs = 2
      if var ranker = planted.settings.ranker.model as? DeepFMSettings {
        ranker.initialSpread = 1
        planted.settings.ranker = RankerSettings(ranker)
      }
      var training = try planted.training()
      let reports = try training.finish()
      let best = reports.first { $0.epoch == reports.last?.bestEpoch }
      return (best?.validation ?? [:], planted, try training.model())
    }
    let (fixed, chosen) = (try trained(.trained), try trained(.validated))
    #expect(fixed.values["stacking"] == nil)
    let stacking = try #require(chosen.values["stacking"])
    #expect(stacking > 0.5)
    #expect((chosen.values["ndcg@5"] ?? 0) > (fixed.values["ndcg@5"] ?? 1), "\(chosen.values)")
    // What is saved is what was measured.
    let weight = Float(stacking) / chosen.planted.settings.loss.temperature
    #expect(chosen.pair.ranker.stacked?.weight == weight)
    var settings = EvaluationSettings()
    (settings.cutoffs, settings.measures, settings.resamples) = ([5], [.recall, .ndcg, .mrr], 0)
    settings.seen = chosen.planted.settings.seen
    let split = chosen.planted.planted.split
    let again = try FullRanking(of: split, part: .validation, settings: settings).evaluate(
      chosen.pair.retriever.scoring(histories: split.histories(before: .validation)),
      then: chosen.pair.ranker.ranking(of: split, part: .validation),
      candidates: chosen.planted.settings.candidates, sweep: [])
    for metric in settings.metrics {
      let value = try again.twoStage.value(of: metric)
      #expect(abs(value - (chosen.values["\(metric)"] ?? -1)) < 1e-9, "\(metric)")
    }
  }

  @Test func `a ranker that teaches lifts the retriever, and with it its own ceiling`() throws {
    /// The metric of both stages, and of the retriever alone, where only the ranker can teach it.
    func measured(distillation: Float) throws -> [Double] {
      var planted = PlantedPair(TwoTowerSettings(), DeepFMSettings())
      planted.settings.cooperation.weights.retriever = 0
      planted.settings.cooperation.weights.distillation = distillation
      planted.settings.proposal.kind = .uniform
      planted.settings.train.epochs = 4
      var training = try planted.training()
      let values = try training.finish().last?.validation ?? [:]
      return ["ndcg@5", "retriever/ndcg@5"].map { values[$0] ?? 0 }
    }
    let (taught, untaught) = (try measured(distillation: 1), try measured(distillation: 0))
    #expect(
      zip(taught, untaught).allSatisfy { $0 > $1 + 0.2 }, "\(taught), \(untaught)")
  }

  @Test func `what users took is not learned to be wrong`() throws {
    /// Whether a ranker that compares ends where it started.
    func isUnmoved(_ known: KnownDraws) throws -> Bool {
      var pair = PlantedPair()
      pair.settings.cooperation.known = known
      pair.settings.cooperation.weights.retriever = 0
      pair.settings.cooperation.weights.distillation = 0
      pair.settings.train.epochs = 1
      // Every user took every item, so that there is nothing to compare a target with.
      let items = (0..<13).map { ItemIndex($0) }
      let split = Split(
        itemCount: 13, training: Ragged([items, items]), weights: [Float](repeating: 1, count: 26),
        validation: Ragged([[], []] as [[ItemIndex]]), test: Ragged([[], []] as [[ItemIndex]]),
        rule: "made up")
      var training = try CooperativeTraining(
        pair.settings, on: split,
        of: Catalogue(users: FeatureTable(count: 2), items: FeatureTable(count: 13)))
      let before = training.parameters.stored()
      _ = try training.finish()
      return training.parameters.stored() == before
    }
    #expect(try isUnmoved(.masked))
    #expect(try !isUnmoved(.kept))
  }

  @Test(arguments: [
    ("ranker", Float(1), Float(0), Float(0)), ("retriever", 0, 1, 0), ("retriever", 0, 0, 1),
  ])
  func `a loss moves its own stage only`(
    stage: String, ranker: Float, retriever: Float, distillation: Float
  ) throws {
    var planted = PlantedPair()
    planted.settings.train.epochs = 1
    planted.settings.cooperation.weights.ranker = ranker
    planted.settings.cooperation.weights.retriever = retriever
    planted.settings.cooperation.weights.distillation = distillation
    var training = try planted.training()
    let before = training.parameters.stored()
    _ = try training.finish()
    let moved = training.parameters.stored().filter { before[$0.key] != $0.value }.keys
    #expect(!moved.isEmpty && moved.allSatisfy { $0.hasPrefix(stage + ".") }, "\(moved)")
  }

  @Test(arguments: [CooperationSettings.Supervision.own, .proposal])
  func `parts take turns`(supervision: CooperationSettings.Supervision) throws {
    var planted = PlantedPair()
    planted.settings.cooperation.supervision = supervision
    planted.settings.cooperation.alternation.alone = 1
    planted.settings.cooperation.alternation.apart = 1
    planted.settings.cooperation.alternation.first = 1
    planted.settings.cooperation.alternation.second = 1
    planted.settings.train.epochs = 5
    var training = try planted.training()
    var moved: [Set<String>] = []
    var before = training.parameters.stored()
    while try training.next() != nil {
      let after = training.parameters.stored()
      let changed = after.filter { before[$0.key] != $0.value }.keys
      moved.append(Set(changed.map { String($0.prefix { $0 != "." }) }))
      before = after
    }
    #expect(
      moved == [["retriever"], ["retriever", "ranker"], ["ranker"], ["retriever"], ["ranker"]])
  }

  // Steps are nine an epoch.
  @Test(
    arguments: [NegativeSource.multiIndex, .softmax, .cluster, .uniform], [1, 9, 12])
  func `a run that is killed and resumed ends with the bytes of one that never was`(
    proposal: NegativeSource, killedAfter: Int
  ) throws {
    try withTemporaryFolder { folder in
      var planted = PlantedPair(TwoTowerSettings(), DeepFMSettings())
      planted.settings.proposal.kind = proposal
      planted.settings.proposal.clusters = 3
      planted.settings.cooperation.refreshEvery = killedAfter == 12 ? 5 : 0
      (planted.settings.train.epochs, planted.settings.train.checkpointEvery) = (2, 1)
      let whole = folder.appending(path: "whole.safetensors")
      let killed = folder.appending(path: "killed.safetensors")
      var training = try planted.training(whole)
      var steps = 0
      while try training.next(progress: { _ in
        steps += 1
        if steps == killedAfter + 1 { try? FileManager.default.copyItem(at: whole, to: killed) }
      }) != nil {}
      var resumed = try planted.training(killed, from: .checkpoint)
      _ = try resumed.finish()
      #expect(resumed.history.map(\.timeless) == training.history.map(\.timeless))
      #expect(resumed.parameters.stored() == training.parameters.stored())
      #expect(try resumed.model().retriever.stored == training.model().retriever.stored)
    }
  }

  @Test func `each epoch reports what its refreshes found`() throws {
    var planted = PlantedPair()
    planted.settings.proposal.kind = .multiIndex
    planted.settings.proposal.clusters = 3
    planted.settings.cooperation.refreshEvery = 4
    var training = try planted.training()
    let reports = try training.finish()
    let steps = training.stepsPerEpoch
    // At the start, every four steps, and before validation.
    #expect(
      reports[0].proposals?.map(\.step)
        == Array(stride(from: 0, to: steps, by: 4)) + [steps])
    let found = try #require(reports[1].proposals?.last?.diagnostics)
    #expect((1...8).contains(found.effectiveSampleSize))
    #expect((found.divergence ?? -1) >= -1e-6 && (0...1).contains(found.falseNegatives))
    #expect(found.residual != nil)
  }

  @Test func `what the retriever finds is the ceiling of both stages, which an oracle reaches`()
    throws
  {
    var planted = PlantedPair(TwoTowerSettings(), DeepFMSettings())
    planted.settings.train.epochs = 1
    var training = try planted.training()
    let report = try #require(try training.finish().first)
    let split = planted.planted.split
    var settings = EvaluationSettings()
    (settings.cutoffs, settings.resamples) = ([5, 6], 0)
    let ranking = try FullRanking(of: split, part: .validation, settings: settings)
    let (retriever, ranker) = try training.model()
    let scoring = retriever.scoring(histories: split.histories(before: .validation))
    let two = try ranking.evaluate(
      scoring, then: ranker.ranking(of: split, part: .validation), candidates: 6)
    let recall = Metric(.recall, at: 6)
    #expect(try two.twoStage.value(of: recall) == two.retriever.value(of: recall))
    #expect(try two.retriever.value(of: recall) == report.validation["retriever/recall@6"])
    let oracle = try ranking.evaluate(
      scoring,
      then: CandidateRanking { users, candidates in
        (0..<candidates.count).flatMap { row in
          candidates[row].map { split.validation[users[row].position].contains($0) ? 1 : 0 }
        }
      }, candidates: 6)
    for metric in [Metric(.ndcg, at: 5), Metric(.mrr, at: 5), Metric(.recall, at: 5)] {
      #expect(
        try abs(oracle.twoStage.value(of: metric) - two.retriever.value(of: recall)) < 1e-9)
    }
  }

  @Test func `settings that do not fit are refused in one line`() throws {
    var planted = PlantedPair()
    planted.settings.method = .independent
    expectError(
      "setting 'method' is independent: each stage is then trained by itself, with "
        + "RetrieverTraining and RankerTraining; give icc, rankflow or corr"
    ) { _ = try planted.training() }
    planted.settings.method = .rankflow
    planted.settings.cooperation.passed = 9
    expectError(
      "setting 'cooperation.passed' is 9: they are some of the 8 of proposal.count; give 1 to 8"
    ) { _ = try planted.training() }
    (planted.settings.cooperation.passed, planted.settings.cooperation.kept) = (4, 2)
    planted.settings.cooperation.rankerCorrection = .off
    expectError(
      "setting 'cooperation.rankerCorrection' is off: rankflow learns by cross-entropy of each draw, "
        + "which nothing corrects; leave it out"
    ) { _ = try planted.training() }
    planted.settings.method = .corr
    planted.settings.cooperation.rankerCorrection = .on
    expectError(
      "setting 'cooperation.passed' is 4: corr does not read it; leave it out, or set method to icc or "
        + "rankflow"
    ) { _ = try planted.training() }
    (planted.settings.cooperation.passed, planted.settings.cooperation.kept) = (10, 5)
    planted.settings.proposal.kind = .inBatch
    expectError(
      "setting 'proposal.kind' is in-batch: its items are not drawn for each target; give uniform, "
        + "popularity, softmax, multi-index, top-rand, top-and-rand or cluster"
    ) { _ = try planted.training() }
    planted.settings.proposal.kind = .softmax
    planted.settings.cooperation.alternation.first = 5
    expectError(
      "setting 'cooperation.alternation.second' is 0: turns need epochs of both parts, and 5 are of "
        + "the first; give as many, or 0 for both"
    ) { _ = try planted.training() }
    planted.settings.cooperation.alternation.first = 0
    planted.settings.candidates = 3
    expectError(
      "setting 'train.metric' is ndcg@5: the ranker orders 3 candidates; watch a cut-off up to that, "
        + "or raise evaluate.candidates"
    ) { _ = try planted.training() }
  }
}
