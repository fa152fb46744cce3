import CorralData
import CorralEvaluation
import CorralModels
import CorralTraining
import CorralVectors
import Testing
import Torch

/// Retrievers that look at histories, on users who walk round a ring, where the last item says what
/// comes next; and retrievers that do not, on users who like one of four groups of items.
@Suite struct `training of each retriever` {
  @Test(arguments: [
    RetrieverSettings.Kind.caser, .mind, .comiRec, .mmoe,
  ])
  func `finds the next item of a walk`(kind: RetrieverSettings.Kind) throws {
    var run = PlantedRun()
    switch kind {
    case .caser:
      var settings = CaserSettings()
      (settings.dimension, settings.history, settings.dropout) = (16, 3, 0)
      run.settings.retriever = .caser(settings)
    case .mind:
      var settings = MINDSettings()
      (settings.dimension, settings.history, settings.interests) = (16, 3, 2)
      settings.hidden = [32]
      run.settings.retriever = .mind(settings)
    case .comiRec:
      var settings = ComiRecSettings()
      (settings.dimension, settings.history, settings.interests) = (16, 3, 2)
      settings.hidden = 32
      run.settings.retriever = .comiRec(settings)
    default:
      var settings = MMoESettings()
      (settings.dimension, settings.history, settings.interests) = (16, 3, 2)
      (settings.experts, settings.hidden, settings.dropout) = (2, 16, 0)
      run.settings.retriever = .mmoe(settings)
    }
    run.settings.loss.temperature = 1
    run.settings.train.rate = 0.02
    run.settings.train.epochs = 15
    var training = try run.training()
    let reports = try training.finish()
    // Five items out of 24 at random would give 0.12.
    #expect((reports.last?.bestValue ?? 0) > 0.8, "\(reports.map(\.bestValue))")
  }

  @Test(arguments: [RetrieverSettings.Kind.bprMF, .logisticMF, .neuMF, .dssm])
  func `finds what a group of users likes`(kind: RetrieverSettings.Kind) throws {
    var run = PlantedRun.groups()
    switch kind {
    case .bprMF:
      var settings = BPRMFSettings()
      settings.dimension = 8
      run.settings.retriever = .bprMF(settings)
      run.settings.loss.kind = .bpr
    case .logisticMF:
      var settings = LogisticMFSettings()
      settings.dimension = 8
      run.settings.retriever = .logisticMF(settings)
      run.settings.loss.kind = .bce
    case .neuMF:
      var settings = NeuMFSettings()
      (settings.dimension, settings.hidden) = (8, [16, 8])
      run.settings.retriever = .neuMF(settings)
      run.settings.loss.kind = .bce
    default:
      var settings = DSSMSettings()
      (settings.dimension, settings.hidden, settings.dropout) = (8, [16, 16], 0)
      settings.similarity = .dot
      run.settings.retriever = .dssm(settings)
      run.settings.loss.kind = .softmax
    }
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
