import CorralData
import CorralEvaluation
import CorralModels
import CorralSampling
import CorralTesting
import CorralTraining
import CorralVectors
import Testing
import Torch

/// Retrievers that look at histories, on users who walk round a ring, where the last item says what
/// comes next; and retrievers that do not, on users who like one of four groups of items.
@Suite struct `training of each retriever` {
  @Test(arguments: [
    RetrieverSettings(
      changed(CaserSettings()) { ($0.dimension, $0.history, $0.dropout) = (16, 3, 0) }),
    RetrieverSettings(
      changed(MINDSettings()) {
        ($0.dimension, $0.history, $0.interests, $0.hidden) = (16, 3, 2, [32])
      }),
    RetrieverSettings(
      changed(ComiRecSettings()) {
        ($0.dimension, $0.history, $0.interests, $0.hidden) = (16, 3, 2, 32)
      }),
    RetrieverSettings(
      changed(MMoESettings()) {
        ($0.dimension, $0.history, $0.interests) = (16, 3, 2)
        ($0.experts, $0.hidden, $0.dropout) = (2, 16, 0)
      }),
  ])
  func `finds the next item of a walk`(retriever: RetrieverSettings) throws {
    var run = PlantedRun()
    run.settings.retriever = retriever
    run.settings.loss.temperature = 1
    run.settings.train.rate = 0.02
    run.settings.train.epochs = 15
    var training = try run.training()
    let reports = try training.finish()
    // Five items out of 24 at random would give 0.12.
    #expect((reports.last?.bestValue ?? 0) > 0.8, "\(reports.map(\.bestValue))")
  }

  @Test(
    arguments: [
      (RetrieverSettings(changed(BPRMFSettings()) { $0.dimension = 8 }), .bpr),
      (RetrieverSettings(changed(LogisticMFSettings()) { $0.dimension = 8 }), .bce),
      (
        RetrieverSettings(
          changed(NeuMFSettings()) { ($0.dimension, $0.hidden) = (8, [16, 8]) }), .bce
      ),
      (
        RetrieverSettings(
          changed(DSSMSettings()) {
            ($0.dimension, $0.hidden, $0.dropout) = (8, [16, 16], 0)
            $0.similarity = .dot
          }), .softmax
      ),
    ] as [(RetrieverSettings, LossSettings.Kind)])
  func `finds what a group of users likes`(
    retriever: RetrieverSettings, loss: LossSettings.Kind
  ) throws {
    var run = PlantedRun.groups()
    run.settings.retriever = retriever
    run.settings.loss.kind = loss
    run.settings.loss.temperature = 1
    run.settings.negatives.kind = .uniform
    run.settings.negatives.count = 4
    run.settings.negatives.sharing = .example
    var training = try run.training()
    let reports = try training.finish()
    // At random 5 items out of 32 less those met would give about 0.1.
    #expect((reports.last?.bestValue ?? 0) > 0.5, "\(reports.map(\.bestValue))")
  }
}

extension PlantedRun {
  /// Users who like one of four groups of eight items, and have met six of those: the other two are
  /// held out.
  static func groups() -> PlantedRun {
    var generator = SeededGenerator(seed: 4)
    let rows = (0..<80).map { user in
      var items = (0..<8).map { ItemIndex((user % 4) * 8 + $0) }
      items.shuffle(using: &generator)
      return items
    }
    let catalogue = Catalogue(users: FeatureTable(count: 80), items: FeatureTable(count: 32))
    var settings = RetrieverTrainingSettings()
    settings.train.batch = 64
    settings.train.rate = 0.03
    settings.train.epochs = 10
    settings.train.metric = "ndcg@5"
    return PlantedRun(
      settings: settings,
      split: Split(
        itemCount: 32, training: Ragged(rows.map { $0.dropLast(2) }),
        weights: [Float](repeating: 1, count: 80 * 6),
        validation: Ragged(rows.map { $0[6..<7] }), test: Ragged(rows.map { $0[7...] }),
        rule: "planted groups"), catalogue: catalogue)
  }
}
