import CorralData
import CorralEvaluation
import CorralModels
import CorralSampling
import CorralTraining
import CorralVectors
import Foundation
import Testing
import Torch

@Suite struct `training of a retriever` {
  /// In-cluster negatives need clusters: see `ClusterTrainingTests`.
  @Test(arguments: NegativeSource.allCases.filter { $0 != .inCluster })
  func `finds the planted next item`(kind: NegativeSource) throws {
    var run = PlantedRun()
    run.settings.negatives.kind = kind
    run.settings.negatives.count = kind == .all ? 0 : 32
    (run.settings.negatives.clusters, run.settings.negatives.pool) = (2, 12)
    var training = try run.training()
    let reports = try training.finish()
    let last = try #require(reports.last)
    #expect(last.loss < reports[0].loss)
    #expect(last.bestValue > 0.95, "\(last)")
    let evaluation = try FullRanking(of: run.split, part: .test, settings: EvaluationSettings.five)
      .evaluate(
        training.model().scoring(histories: run.split.histories(before: .test)))
    #expect(try evaluation.value(of: Metric(.recall, at: 1)) > 0.9)
  }

  @Test(arguments: LossSettings.Kind.allCases, TrainingSettings.UpdateRule.allCases)
  func `every loss and optimiser learns`(
    loss: LossSettings.Kind, optimiser: TrainingSettings.UpdateRule
  ) throws {
    var run = PlantedRun()
    run.settings.loss.kind = loss
    run.settings.train.optimiser = optimiser
    run.settings.train.rate = optimiser == .adagrad ? 0.1 : optimiser == .sgd ? 5 : 0.05
    run.settings.train.clip = 100
    run.settings.train.schedule = .linear
    run.settings.train.epochs = 12
    var training = try run.training()
    let reports = try training.finish()
    // Five items out of 24 at random would give 0.12.
    #expect((reports.last?.bestValue ?? 0) > 0.5, "\(reports.map(\.bestValue))")
  }

  @Test(
    arguments: CorrectionSettings.Estimate.allCases, CorrectionSettings.Form.allCases)
  func `every correction trains, and serving can add the prior`(
    estimate: CorrectionSettings.Estimate, form: CorrectionSettings.Form
  ) throws {
    var run = PlantedRun()
    (run.settings.correction.estimate, run.settings.correction.form) = (estimate, form)
    run.settings.correction.estimator.buckets = 64
    run.settings.correction.serving = .prior
    var training = try run.training()
    let reports = try training.finish()
    #expect((reports.last?.bestValue ?? 0) > 0.9)
    #expect(try training.model().dimension == 17)
  }

  @Test func `matrix factorisation with withheld users serves unknown ones`() throws {
    var run = PlantedRun()
    var network = MatrixFactorisationSettings()
    network.dimension = 16
    run.settings.retriever = RetrieverSettings(network)
    run.settings.train.withheldUsers = 0.5
    run.settings.train.epochs = 10
    var training = try run.training()
    let reports = try training.finish()
    #expect((reports.last?.bestValue ?? 0) > 0.25)
    let vectors = try training.model().vectors(
      for: QueryBatch(users: [nil], histories: Ragged([[ItemIndex(1), ItemIndex(2)]])))
    #expect(vectors.values.contains { $0 != 0 })
  }

  @Test func `the same seed gives the same bytes, another one does not`() throws {
    func parameters(seed: UInt64) throws -> [String: StoredTensor] {
      var run = PlantedRun()
      run.settings.train.seed = seed
      run.settings.train.epochs = 2
      var training = try run.training()
      _ = try training.finish()
      return training.parameters.stored()
    }
    #expect(try parameters(seed: 1) == parameters(seed: 1))
    #expect(try parameters(seed: 1) != parameters(seed: 2))
  }

  @Test func `patience ends a run that no longer improves, and the best epoch is served`() throws {
    var run = PlantedRun()
    run.settings.train.epochs = 50
    run.settings.train.patience = 2
    var training = try run.training()
    let reports = try training.finish()
    let last = try #require(reports.last)
    #expect(training.outcome == .stoppedEarly)
    #expect(last.epoch == last.bestEpoch + 2)
    #expect(reports.filter(\.isBest).last?.epoch == last.bestEpoch)
    run.settings.train.epochs = last.bestEpoch
    var best = try run.training()
    _ = try best.finish()
    #expect(best.outcome == .finished)
    #expect(try training.model().stored == best.parameters.stored())
  }

  @Test func `progress is told after each step`() throws {
    let run = PlantedRun()
    var training = try run.training()
    var seen: [StepProgress] = []
    let report = try #require(try training.next(progress: { seen.append($0) }))
    // 60 users with 10 items each, the first of which has no history.
    #expect(seen.map(\.step) == Array(1...8))
    #expect(seen.allSatisfy { $0.steps == 8 && $0.epoch == 1 && $0.epochs == 6 })
    #expect(seen.last?.meanLoss == report.loss)
    #expect(report.examples == 8 * 64 && report.step == 8)
    #expect((seen.last?.secondsLeft ?? 0) > 0)
    #expect(report.peakMemory > 1 << 20)
  }

  @Test func `without validation the last parameters are served`() throws {
    let planted = PlantedRun()
    let none = Ragged([[ItemIndex]](repeating: [], count: planted.split.userCount))
    let split = Split(
      itemCount: 24, training: planted.split.training, weights: planted.split.weights,
      validation: none, test: planted.split.test, rule: "no validation")
    var training = try RetrieverTraining(planted.settings, on: split, of: planted.catalogue)
    let reports = try training.finish()
    #expect(reports.count == 6 && reports.allSatisfy { $0.validation.isEmpty && !$0.isBest })
    #expect(try training.model().stored == training.parameters.stored())
  }

  @Test func `embeddings of items that training never sees are zero`() throws {
    let planted = PlantedRun()
    let catalogue = Catalogue(users: planted.catalogue.users, items: FeatureTable(count: 26))
    let split = Split(
      itemCount: 26, training: planted.split.training, weights: planted.split.weights,
      validation: planted.split.validation, test: planted.split.test, rule: "two unseen items")
    var training = try RetrieverTraining(planted.settings, on: split, of: catalogue)
    _ = try training.next()
    let table = try #require(training.parameters.stored()["items.weight"]).values
    #expect(table[(24 * 16)...].allSatisfy { $0 == 0 })
    #expect(table[..<(24 * 16)].allSatisfy { $0 != 0 })
  }
}

extension EvaluationSettings {
  /// Lists of five.
  fileprivate static var five: EvaluationSettings {
    var settings = EvaluationSettings()
    settings.cutoffs = [1, 5]
    return settings
  }
}
