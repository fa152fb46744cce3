import CorralArtifacts
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

/// A catalogue in which training never meets some items.
@Suite struct `networks and items that training never met` {
  /// Users like one of two genres; items 0 to 15 are trained, 16 to 19 are new: two of each genre.
  ///
  /// Items 20 and 21 are new and of a genre that no trained item has, or of none.
  private static let genres = (0..<22).map { item -> [Int32] in
    item == 20 ? [2] : item == 21 ? [] : [Int32(item % 2)]
  }

  private static func run(_ retriever: RetrieverSettings, hasFeatures: Bool) -> PlantedRun {
    var generator = SeededGenerator(seed: 3)
    let walks = (0..<60).map { user in
      var items = (0..<8).map { ItemIndex($0 * 2 + user % 2) }
      items.shuffle(using: &generator)
      return Array(items.prefix(6))
    }
    let columns =
      hasFeatures
      ? [
        FeatureColumn(
          name: "genre",
          values: .categories(Ragged(genres), vocabulary: Vocabulary(["odd", "even", "new"])))
      ] : []
    var settings = RetrieverTrainingSettings(retriever)
    settings.train.epochs = retriever.model is BERT4RecSettings ? 3 : 12
    settings.train.batch = 32
    settings.train.rate = 0.03
    settings.train.metric = "ndcg@5"
    settings.negatives.kind = .uniform
    settings.negatives.count = 8
    return PlantedRun(
      settings: settings,
      split: Split(
        itemCount: 22, training: Ragged(walks.map { $0.dropLast() }),
        weights: [Float](repeating: 1, count: 60 * 5),
        validation: Ragged(walks.map { $0.suffix(1) }),
        test: Ragged([[ItemIndex]](repeating: [ItemIndex(17)], count: 60)), rule: "new items"),
      catalogue: Catalogue(
        users: FeatureTable(count: 60), items: FeatureTable(count: 22, columns: columns)))
  }

  @Test(arguments: RetrieverSettings.all)
  func `by ids alone they come after all others`(retriever: RetrieverSettings) throws {
    var run = Self.run(retriever, hasFeatures: false)
    run.settings.train.epochs = 1
    var training = try run.training()
    _ = try training.finish()
    let model = try training.model()
    #expect(model.placed.unplaced == (16..<22).map(ItemIndex.init))
    var settings = EvaluationSettings()
    (settings.cutoffs, settings.resamples) = ([22], 0)
    let ranking = try FullRanking(of: run.split, settings: settings)
    let scoring = model.scoring(histories: run.split.histories(before: .test))
    let evaluation = try ranking.evaluate(scoring)
    // 16 trained items less the 6 that each user met, then item 16, then the target, item 17.
    #expect(evaluation.ranks.allSatisfy { $0 == 12 })
    let reopened = try withTemporaryFolder { folder in
      let place = folder.appending(path: "model")
      let manifest = Manifest(
        kinds: ["retriever": retriever.name], settings: .object([:]),
        data: .init(path: "", sha256: "", users: 60, items: 22, interactions: 0),
        metrics: .object([:]), created: .init(by: "test", machine: "test", seconds: 0))
      try SavedModel.write(to: place, manifest: manifest) { try model.write(to: $0) }
      return try FrozenRetriever(try SavedModel.open(place))
    }
    #expect(reopened.placed == model.placed)
  }

  @Test(arguments: [
    RetrieverSettings(changed(TwoTowerSettings()) { $0.dimension = 16 }),
    RetrieverSettings(
      changed(TwoTowerSettings()) {
        ($0.dimension, $0.queryTower, $0.itemTower) = (16, [16], [16])
      }),
    RetrieverSettings(
      changed(DSSMSettings()) { ($0.dimension, $0.dropout, $0.hidden) = (16, 0, [16]) }),
    RetrieverSettings(
      changed(DSSMSettings()) { ($0.dimension, $0.dropout, $0.hidden) = (16, 0, [16, 16]) }),
  ])
  func `known features place them, and nothing else does`(retriever: RetrieverSettings) throws {
    var run = Self.run(retriever, hasFeatures: true)
    run.settings.retriever = retriever
    #expect(run.settings.retriever.model.placesItemsByFeatures)
    var training = try run.training()
    _ = try training.finish()
    let model = try training.model()
    // The genre that no trained item has says nothing, and neither does no genre.
    #expect(model.placed.unplaced == [ItemIndex(20), ItemIndex(21)])
    let batch = QueryBatch(
      users: (0..<60).map(UserIndex.init), histories: run.split.histories(before: .test))
    let scores = model.scores(for: batch)
    for user in 0..<60 {
      let own = [16, 18].map { scores[user, $0 + user % 2] }
      let other = [16, 18].map { scores[user, $0 + 1 - user % 2] }
      #expect((own.min() ?? 0) > (other.max() ?? 0), "user \(user)")
    }
  }

  @Test func `features that are switched off place nothing`() throws {
    var run = Self.run(RetrieverSettings(TwoTowerSettings()), hasFeatures: true)
    run.shape { $0.features = .off }
    run.settings.train.epochs = 1
    var training = try run.training()
    _ = try training.finish()
    #expect(try training.model().placed.unplaced == (16..<22).map(ItemIndex.init))
  }

  @Test func `where training met every item, nothing is changed`() throws {
    let run = PlantedRun()
    var training = try run.training()
    _ = try training.next()
    let model = try training.model()
    #expect(model.placed == .all)
    #expect(model.stored == training.parameters.stored())
  }
}
