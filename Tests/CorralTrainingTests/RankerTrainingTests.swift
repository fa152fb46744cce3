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

/// The planted walks, for a ranker: what comes next follows from the last items, and every item is as
/// popular as any other.
private struct PlantedRanking {
  var settings = RankerTrainingSettings()
  let planted: PlantedRun

  init(_ model: some RankerModelSettings, length: Int = 12) {
    planted = PlantedRun(length: length)
    var model = model
    (model.dimension, model.history, model.hidden) = (16, 1, [32])
    (model.dropout, model.initialSpread, model.userEmbedding) = (0.1, 0.3, .off)
    settings.ranker = RankerSettings(model)
    settings.train.batch = 64
    settings.train.rate = 0.01
    settings.train.epochs = 12
    settings.train.metric = "ndcg@5"
  }

  func training(
    _ checkpoint: URL? = nil, from start: TrainingStart = .scratch,
    candidates: Ragged<ItemIndex>? = nil, of retriever: StackedRetriever? = nil
  ) throws -> RankerTraining {
    try RankerTraining(
      settings, on: planted.split, of: planted.catalogue, candidates: candidates, of: retriever,
      checkpoint: checkpoint, from: start)
  }
}

extension RankerTraining {
  fileprivate mutating func finish() throws -> [EpochReport] {
    var reports: [EpochReport] = []
    while let report = try next() { reports.append(report) }
    return reports
  }
}

@Suite struct `training of a ranker` {
  @Test(arguments: RankerSettings.all)
  func `finds the planted next item, which no order by popularity does`(
    ranker: RankerSettings
  ) throws {
    let run = PlantedRanking(ranker.model)
    var training = try run.training()
    let reports = try training.finish()
    #expect((reports.last?.loss ?? 9) < reports[0].loss / 2)
    // Five of thirteen at random would give 0.23.
    #expect((reports.last?.bestValue ?? 0) > 0.8, "\(reports.map(\.bestValue))")
  }

  @Test(
    arguments: [LossSettings.Kind.bce, .softmax, .bpr], [NegativeSource.uniform, .popularity])
  func `every loss and every kind of draw learns`(
    loss: LossSettings.Kind, draws: NegativeSource
  ) throws {
    var run = PlantedRanking(DeepFMSettings())
    run.settings.loss.kind = loss
    run.settings.negatives.kind = draws
    run.settings.train.epochs = 8
    var training = try run.training()
    #expect((try training.finish().last?.bestValue ?? 0) > 0.7)
  }

  @Test func `a retriever's candidates are ranked, and what they lack is missed`() throws {
    let run = PlantedRanking(BSTSettings())
    let split = run.planted.split
    // Of every other user the target is not among the candidates.
    let candidates = Ragged(
      (0..<split.userCount).map { user in
        (0..<24).map { ItemIndex($0) }.filter {
          !split.training[user].contains($0)
            && (user % 2 == 0 || !split.validation[user].contains($0))
        }
      })
    var training = try run.training(candidates: candidates)
    let last = try #require(try training.finish().last)
    #expect(last.bestValue <= 0.5 && last.bestValue > 0.4)
    #expect((last.validation["recall@5"] ?? 1) <= 0.5)
  }

  @Test func `two stages are evaluated together`() throws {
    var retrieval = PlantedRun()
    retrieval.settings.train.epochs = 2
    var retriever = try retrieval.training()
    _ = try retriever.finish()
    var ranking = try PlantedRanking(DeepFMSettings()).training()
    _ = try ranking.finish()
    let split = retrieval.split
    var settings = EvaluationSettings()
    (settings.cutoffs, settings.resamples) = ([1, 5], 0)
    let two = try FullRanking(of: split, part: .test, settings: settings).evaluate(
      retriever.model().scoring(histories: split.histories(before: .test)),
      then: ranking.model().ranking(of: split, part: .test), candidates: 12)
    #expect(try two.twoStage.value(of: Metric(.recall, at: 1)) > 0.6)
  }

  @Test func `a ranker that knows less than its retriever counts less when they serve`() throws {
    var retrieval = PlantedRun()
    retrieval.settings.train.epochs = 4
    var retrieverTraining = try retrieval.training()
    _ = try retrieverTraining.finish()
    let retriever = try retrieverTraining.model()
    let split = retrieval.split
    var settings = EvaluationSettings()
    (settings.cutoffs, settings.measures, settings.resamples) = ([5], [.recall, .ndcg, .mrr], 0)
    let validation = try FullRanking(of: split, part: .validation, settings: settings)
    let scoring = retriever.scoring(histories: split.histories(before: .validation))
    let candidates = try validation.candidates(of: scoring, count: 12)
    /// The validation of a ranker that says anything, and the ranker.
    func trained(
      _ served: StackingChoice
    ) throws -> (values: [String: Double], ranker: FrozenRanker) {
      var run = PlantedRanking(DeepFMSettings())
      if var model = run.settings.ranker.model as? DeepFMSettings {
        model.initialSpread = 1
        run.settings.ranker = RankerSettings(model)
      }
      (run.settings.train.epochs, run.settings.train.rate) = (2, 1e-9)
      run.settings.servedStacking = served
      var training = try run.training(
        candidates: candidates, of: StackedRetriever(retriever, weight: 20))
      let reports = try training.finish()
      let best = reports.first { $0.epoch == reports.last?.bestEpoch }
      return (best?.validation ?? [:], try training.model())
    }
    let (alone, added) = (try trained(.trained), try trained(.validated))
    #expect(alone.values["stacking"] == nil && alone.ranker.stacked == nil)
    let stacking = try #require(added.values["stacking"])
    #expect(added.ranker.stacked?.weight == Float(stacking) * 20)
    #expect((added.values["ndcg@5"] ?? 0) > (alone.values["ndcg@5"] ?? 1) + 0.1)
    // What is saved is what was measured.
    let again = try validation.evaluate(
      scoring, then: added.ranker.ranking(of: split, part: .validation), candidates: 12, sweep: [])
    for metric in settings.metrics {
      let value = try again.twoStage.value(of: metric)
      #expect(abs(value - (added.values["\(metric)"] ?? -1)) < 1e-9, "\(metric)")
    }
  }

  // Steps are eight an epoch.
  @Test(arguments: [1, 8, 13])
  func `a run that is killed and resumed ends with the bytes of one that never was`(
    killedAfter: Int
  ) throws {
    try withTemporaryFolder { folder in
      var run = PlantedRanking(DINSettings())
      (run.settings.train.epochs, run.settings.train.checkpointEvery) = (3, 1)
      let whole = folder.appending(path: "whole.safetensors")
      let killed = folder.appending(path: "killed.safetensors")
      var training = try run.training(whole)
      var steps = 0
      while try training.next(progress: { _ in
        steps += 1
        if steps == killedAfter + 1 { try? FileManager.default.copyItem(at: whole, to: killed) }
      }) != nil {}
      var resumed = try run.training(killed, from: .checkpoint)
      _ = try resumed.finish()
      #expect(resumed.history.map(\.timeless) == training.history.map(\.timeless))
      #expect(resumed.parameters.stored() == training.parameters.stored())
      #expect(try resumed.model().stored == training.model().stored)
      // Dice has followed its input.
      let mean = try #require(training.parameters.stored()["mlp.0.dice.mean"])
      #expect(mean.values.contains { $0 != 0 })
    }
  }

  @Test func `settings that do not fit are refused in one line`() throws {
    var run = PlantedRanking(DeepFMSettings())
    run.settings.heads = [HeadSettings(label: "watch")]
    expectError(
      "setting 'heads' is watch: the data have no labels; name their columns with data.labels"
    ) { _ = try run.training() }
    run.settings.heads = []
    run.settings.negatives.count = 0
    expectError(
      "setting 'negatives.count' is 0: a ranker compares; give 1 or more, such as 20"
    ) { _ = try run.training() }
    run.settings.negatives.count = 4
    expectError(
      "setting 'negatives.impressions' is 10: they are some of the 4 negatives; give 0 to 4"
    ) { _ = try run.training() }
  }
}

/// Users whose requests have a tab, in each of which they take one of six items, and watch the even
/// ones to the end.
private struct PlantedContext {
  let split: Split
  let catalogue: Catalogue
  var settings = RankerTrainingSettings()

  init() {
    var generator = SeededGenerator(seed: 3)
    let (users, length) = (50, 8)
    let tabs = (0..<users * (length + 1)).map { _ in Int32(generator.next(below: 4)) }
    let items = tabs.map { ItemIndex(Int($0) * 6 + generator.next(below: 6)) }
    func rows(_ columns: Range<Int>) -> [Int] {
      (0..<users).flatMap { user in columns.map { user * (length + 1) + $0 } }
    }
    func part(_ columns: Range<Int>) -> (Ragged<ItemIndex>, InteractionColumns) {
      let rows = rows(columns)
      return (
        Ragged(
          values: rows.map { items[$0] },
          offsets: (0...users).map { $0 * columns.count }),
        InteractionColumns(
          context: ContextTable(
            count: rows.count,
            columns: [
              ContextColumn(
                name: "tab",
                values: .categories(
                  rows.map { tabs[$0] }, vocabulary: Vocabulary(["a", "b", "c", "d"]))),
              ContextColumn(
                name: "hour", values: .numbers(rows.map { $0 % 5 == 0 ? .nan : Float($0 % 24) })),
            ]),
          labels: LabelTable(
            count: rows.count, names: ["watch"],
            columns: [rows.map { items[$0].position % 2 == 0 ? 1 : 0 }]))
      )
    }
    let (training, trainingColumns) = part(0..<length)
    let (validation, validationColumns) = part(length..<length + 1)
    split = Split(
      itemCount: 24, training: training, weights: [Float](repeating: 1, count: users * length),
      validation: validation, test: validation, rule: "planted tabs",
      trainingColumns: trainingColumns, validationColumns: validationColumns,
      testColumns: validationColumns)
    catalogue = Catalogue(users: FeatureTable(count: users), items: FeatureTable(count: 24))
    var model = DeepFMSettings()
    (model.dimension, model.hidden, model.initialSpread) = (8, [16], 0.3)
    settings.ranker = RankerSettings(model)
    settings.train.batch = 32
    settings.train.rate = 0.01
    settings.train.epochs = 10
    settings.seen = .ranked
  }
}

@Suite struct `rankers with context and several heads` {
  @Test func `what a request's context decides is learned`() throws {
    let planted = PlantedContext()
    var training = try RankerTraining(
      planted.settings, on: planted.split, of: planted.catalogue)
    let reports = try training.finish()
    var blind = planted.settings
    blind.ranker = {
      guard var model = blind.ranker.model as? DeepFMSettings else { return blind.ranker }
      model.features = .off
      return RankerSettings(model)
    }()
    var other = try RankerTraining(blind, on: planted.split, of: planted.catalogue)
    let without = try other.finish()
    let (seeing, unseeing) = (reports.last?.bestValue ?? 0, without.last?.bestValue ?? 1)
    #expect(seeing > unseeing + 0.15, "\(seeing), \(unseeing)")
  }

  @Test(arguments: HeadSettings.HeadLoss.allCases)
  func `a head learns its label`(loss: HeadSettings.HeadLoss) throws {
    var planted = PlantedContext()
    planted.settings.heads = [HeadSettings(label: "watch", loss: loss, weight: 2)]
    planted.settings.score = .sum
    // The last epoch is the one that is validated, and so the best.
    planted.settings.train.evaluateEvery = planted.settings.train.epochs
    var training = try RankerTraining(
      planted.settings, on: planted.split, of: planted.catalogue)
    _ = try training.finish()
    let batch = CandidateBatch(
      queries: QueryBatch(users: [UserIndex(3)], histories: Ragged([[]])),
      items: (0..<24).map { ItemIndex($0) }, candidates: 24)
    let logits = training.ranker.logits(batch, .inference).select(2, 1).floats()
    let right = logits.enumerated().filter { ($0.offset % 2 == 0) == ($0.element > 0) }.count
    #expect(right > 21, "\(logits)")
    // A score is the sum of both probabilities.
    let both = training.ranker.logits(batch, .inference).sigmoid().floats()
    let scores = try training.model().scores(Ragged([batch.items]), for: batch.queries)
    for (item, score) in scores.enumerated() {
      #expect(abs(score - both[2 * item] - 2 * both[2 * item + 1]) < 1e-5)
    }
  }

  @Test func `a label that the data lack is named with those they have`() throws {
    var planted = PlantedContext()
    planted.settings.heads = [HeadSettings(label: "like")]
    expectError(
      "setting 'heads' is like: the data have no label of that name; they have watch"
    ) {
      _ = try RankerTraining(planted.settings, on: planted.split, of: planted.catalogue)
    }
  }
}
