import CorralData
import CorralModels
import CorralSampling
import CorralTesting
import CorralTraining
import CorralVectors
import Foundation
import Testing
import Torch

/// The sources that follow a retriever.
private let followingSources: [NegativeSource] = [
  .softmax, .multiIndex, .topRand, .topAndRand, .cluster,
]

/// The planted walks with a few negatives that follow the retriever.
private func following(_ source: NegativeSource, count: Int = 8) -> PlantedRun {
  var run = PlantedRun()
  (run.settings.negatives.kind, run.settings.negatives.count) = (source, count)
  (run.settings.negatives.clusters, run.settings.negatives.pool) = (4, 8)
  return run
}

@Suite struct `negatives that follow a retriever in its own training` {
  // Steps are eight an epoch: inside the first, at the end of one, just after it.
  @Test(arguments: followingSources, [1, 8, 9])
  func `a run that is killed and resumed ends with the bytes of one that never was`(
    source: NegativeSource, killedAfter: Int
  ) throws {
    try withTemporaryFolder { folder in
      var run = following(source)
      run.settings.negatives.refreshEvery = killedAfter == 9 ? 5 : 0
      (run.settings.train.epochs, run.settings.train.checkpointEvery) = (2, 1)
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
    }
  }

  @Test(arguments: followingSources)
  func `a retriever alone learns what the retriever of a pair learns before its ranker joins`(
    source: NegativeSource
  ) throws {
    // The twin: epochs of joint training in which the retriever learns alone, by the same draws.
    var run = following(source)
    run.settings.correction.form = .yi
    run.settings.train.epochs = 2
    var joint = CooperativeTrainingSettings()
    (joint.retriever, joint.loss, joint.train) = (
      run.settings.retriever, run.settings.loss, run.settings.train
    )
    joint.proposal = run.settings.negatives.proposal
    (joint.cooperation.alternation.alone, joint.cooperation.known) = (2, .kept)
    joint.candidates = 6
    var alone = try run.training()
    var pair = try CooperativeTraining(joint, on: run.split, of: run.catalogue)
    let start = alone.parameters.stored()
    for parameter in pair.parameters.all {
      if let same = start[String(parameter.name.dropFirst("retriever.".count))] {
        parameter.tensor.write(same.values)
      }
    }
    _ = try alone.finish()
    while try pair.next() != nil {}
    let (mine, theirs) = (alone.parameters.stored(), pair.parameters.stored())
    #expect(mine.allSatisfy { theirs["retriever." + $0.key] == $0.value })
    #expect(mine != start)
    #expect(alone.history.map(\.loss) == pair.history.map(\.loss))
    #expect(alone.history.map(\.proposals) == pair.history.map(\.proposals))
  }

  @Test func `hard negatives order what random ones leave as it is`() throws {
    /// The best validation with one negative of a kind for each target.
    func value(_ source: NegativeSource) throws -> Double {
      var run = PlantedRun(users: 400, items: 300, length: 8)
      run.settings.loss.kind = .bpr
      run.settings.negatives.kind = source
      (run.settings.negatives.count, run.settings.negatives.pool) = (1, 20)
      run.settings.negatives.sharing = source == .uniform ? .example : .batch
      run.settings.train.epochs = 2
      var training = try run.training()
      return try training.finish().last?.bestValue ?? 0
    }
    let (random, hard) = (try value(.uniform), try value(.topAndRand))
    #expect(hard > random + 0.1, "\(hard), \(random)")
  }

  @Test func `draws that a user took are no negatives where that is asked for`() throws {
    /// Whether a retriever ends where it started when every user took every item.
    func isUnmoved(_ known: KnownDraws, _ source: NegativeSource) throws -> Bool {
      var run = following(source)
      (run.settings.negatives.known, run.settings.negatives.sharing) = (known, .example)
      run.settings.train.epochs = 1
      let items = (0..<13).map { ItemIndex($0) }
      let split = Split(
        itemCount: 13, training: Ragged([items, items]), weights: [Float](repeating: 1, count: 26),
        validation: Ragged([[], []] as [[ItemIndex]]), test: Ragged([[], []] as [[ItemIndex]]),
        rule: "made up")
      run.settings.train.batch = 13
      var training = try RetrieverTraining(
        run.settings, on: split,
        of: Catalogue(users: FeatureTable(count: 2), items: FeatureTable(count: 13)))
      let before = training.parameters.stored()
      _ = try training.finish()
      return training.parameters.stored() == before
    }
    for source in [NegativeSource.uniform, .softmax] {
      #expect(try isUnmoved(.masked, source) && !isUnmoved(.kept, source), "\(source)")
    }
  }

  @Test func `what cannot follow is refused in one line`() throws {
    var run = following(.softmax)
    run.settings.retriever = RetrieverSettings(NeuMFSettings())
    expectError(
      "setting 'negatives.kind' is softmax: it follows inner products, and the scores of neumf are "
        + "none; give uniform or popularity"
    ) { _ = try run.training() }
    var pair = PlantedPair()
    pair.settings.cooperation.supervision = .own
    (pair.settings.negatives.kind, pair.settings.negatives.count) = (.cluster, 4)
    expectError(
      "setting 'negatives.kind' is cluster: in joint training the proposal alone follows the "
        + "retriever; set proposal.kind to it, and cooperation.supervision to proposal"
    ) { _ = try pair.training() }
  }
}

@Suite struct `negatives that follow the retriever of a ranker` {
  /// A retriever of one or two interests that knows the planted walks.
  private func retriever(_ name: String) throws -> StackedRetriever {
    var run = PlantedRun()
    if name == ComiRecSettings.name {
      var model = ComiRecSettings()
      (model.dimension, model.history, model.interests) = (16, 4, 2)
      run.settings.retriever = RetrieverSettings(model)
      run.settings.train.rate = 0.02
    }
    run.settings.train.epochs = 4
    var training = try run.training()
    _ = try training.finish()
    return StackedRetriever(try training.model(), weight: 10)
  }

  private func settings(_ source: NegativeSource) -> RankerTrainingSettings {
    var settings = RankerTrainingSettings()
    var model = DeepFMSettings()
    (model.dimension, model.history, model.hidden) = (16, 1, [32])
    (model.initialSpread, model.userEmbedding) = (0.3, .off)
    settings.ranker = RankerSettings(model)
    (settings.negatives.kind, settings.negatives.clusters) = (source, 4)
    (settings.negatives.pool, settings.negatives.count) = (8, 12)
    (settings.train.batch, settings.train.rate, settings.train.epochs) = (64, 0.01, 8)
    settings.train.metric = "ndcg@5"
    return settings
  }

  @Test(
    arguments: [
      ("two-tower", .softmax), ("two-tower", .multiIndex), ("two-tower", .topRand),
      ("two-tower", .topAndRand), ("two-tower", .cluster), ("comirec", .softmax),
    ] as [(String, NegativeSource)])
  func `train it, and resume to the same bytes`(
    name: String, source: NegativeSource
  ) throws {
    let (planted, retriever, settings) = (PlantedRun(), try retriever(name), settings(source))
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "ranker.safetensors")
      func training(from start: TrainingStart, _ file: URL?) throws -> RankerTraining {
        try RankerTraining(
          settings, on: planted.split, of: planted.catalogue, of: retriever, checkpoint: file,
          from: start)
      }
      var whole = try training(from: .scratch, nil)
      while try whole.next() != nil {}
      // Five of thirteen at random would give 0.23.
      #expect((whole.history.last?.bestValue ?? 0) > 0.5, "\(whole.history.map(\.bestValue))")
      var stopped = try training(from: .scratch, file)
      var steps = 0
      _ = try stopped.next(
        progress: { _ in steps += 1 },
        shouldStop: { steps == 3 })
      var resumed = try training(from: .checkpoint, file)
      while try resumed.next() != nil {}
      #expect(resumed.parameters.stored() == whole.parameters.stored())
    }
  }

  @Test func `are refused without one, under the name of the block`() throws {
    let planted = PlantedRun()
    var settings = settings(.softmax)
    settings.block = "ranking"
    expectError(
      "setting 'ranking.negatives.kind' is softmax: it follows the vectors of a retriever network, and "
        + "the ranker is trained without one; give uniform or popularity"
    ) { _ = try RankerTraining(settings, on: planted.split, of: planted.catalogue) }
    settings.negatives.kind = .all
    expectError(
      "setting 'ranking.negatives.kind' is all: its items are not drawn for each target; give uniform, "
        + "popularity, softmax, multi-index, top-rand, top-and-rand or cluster"
    ) { _ = try RankerTraining(settings, on: planted.split, of: planted.catalogue) }
    settings.negatives.kind = .uniform
    (settings.train.optimiser, settings.train.weightDecay) = (.sgd, 0.1)
    expectError(
      "setting 'ranking.train.weightDecay' is 0.1: only the adam optimiser decays weights; give 0, or "
        + "set optimiser beside it to adam"
    ) { _ = try RankerTraining(settings, on: planted.split, of: planted.catalogue) }
    #expect(try !String(decoding: JSONEncoder().encode(settings), as: UTF8.self).contains("block"))
  }
}
