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

/// The planted walks with a small SASRec, over clusters of the ring.
private struct ClusterRun {
  var run: PlantedRun
  var partition: Partition?
  var identity = TaskIdentity.none

  /// Clusters of the ring by turns, so that the next item is in the next cluster.
  init(clusters: Int?, negatives count: Int = 5) {
    run = PlantedRun()
    var network = SASRecSettings()
    (network.dimension, network.history, network.positions) = (8, 6, 6)
    (network.feedForward, network.layers, network.dropout) = (8, 1, 0.2)
    run.settings.retriever = RetrieverSettings(network)
    run.settings.loss.temperature = 1
    run.settings.correction.estimate = .none
    (run.settings.negatives.kind, run.settings.negatives.count) = (.inCluster, count)
    (run.settings.train.batch, run.settings.train.epochs) = (8, 2)
    run.settings.train.rate = 0.01
    if let clusters {
      partition = Partition(
        clusters: (0..<run.split.itemCount).map { Int32($0 % clusters) }, count: clusters)
    }
  }

  func training(
    _ checkpoint: URL? = nil, from start: TrainingStart = .scratch
  ) throws -> RetrieverTraining {
    var catalogue = run.catalogue
    if let partition, identity != .none {
      catalogue.tasks = ItemTasks(count: partition.count, identity: identity)
    }
    return try RetrieverTraining(
      run.settings, on: run.split, of: catalogue, partition: partition, checkpoint: checkpoint,
      from: start)
  }
}

@Suite struct `training over clusters of items` {
  @Test(
    arguments: [NegativeSettings.Sharing.batch, .example],
    [LossSettings.Kind.softmax, .bce])
  func `that are one cluster is plain training with uniform negatives, bit for bit`(
    sharing: NegativeSettings.Sharing, loss: LossSettings.Kind
  ) throws {
    var clustered = ClusterRun(clusters: 1)
    clustered.run.settings.negatives.sharing = sharing
    clustered.run.settings.loss.kind = loss
    var plain = clustered
    plain.partition = nil
    plain.run.settings.negatives.kind = .uniform
    var (mine, its) = (try clustered.training(), try plain.training())
    let start = mine.parameters.stored()
    #expect(try mine.finish().map(\.timeless) == its.finish().map(\.timeless))
    #expect(mine.parameters.stored() == its.parameters.stored())
    #expect(mine.parameters.stored() != start)
    #expect(try mine.model().stored == its.model().stored)
  }

  @Test(arguments: [NegativeSettings.Sharing.batch, .example])
  func `of which all draws are easy is plain training with uniform negatives`(
    sharing: NegativeSettings.Sharing
  ) throws {
    var clustered = ClusterRun(clusters: 1)
    clustered.run.settings.negatives.easy = 1
    clustered.run.settings.negatives.sharing = sharing
    var plain = clustered
    plain.run.settings.negatives = changed(plain.run.settings.negatives) {
      ($0.kind, $0.easy) = (.uniform, 0)
    }
    var (mine, its) = (try clustered.training(), try plain.training())
    #expect(try mine.finish().map(\.timeless) == its.finish().map(\.timeless))
    #expect(mine.parameters.stored() == its.parameters.stored())
  }

  @Test(arguments: [TaskIdentity.none, .prepend, .hadamard])
  func `learns what comes next of each cluster`(identity: TaskIdentity) throws {
    var planted = ClusterRun(clusters: 3, negatives: 8)
    planted.identity = identity
    planted.run.settings.train.epochs = 25
    var training = try planted.training()
    let reports = try training.finish()
    // Five items out of eight at random would give 0.37.
    #expect((reports.last?.bestValue ?? 0) > 0.8, "\(reports.map(\.bestValue))")
  }

  @Test(arguments: [0, 0.5])
  func `is measured within clusters, unless the retriever learns the whole catalogue`(
    easy: Double
  ) throws {
    var planted = ClusterRun(clusters: 4, negatives: 4)
    planted.run.settings.negatives.easy = easy
    planted.run.settings.train.epochs = 1
    var training = try planted.training()
    let report = try #require(try training.finish().first)
    let model = try training.model()
    let histories = planted.run.split.histories(before: .validation)
    let settings = changed(EvaluationSettings()) {
      ($0.cutoffs, $0.resamples) = ([5], 0)
    }
    let vectors = { (users: Range<Int>) in
      model.vectors(
        for: QueryBatch(
          users: users.map(UserIndex.init), histories: Ragged(users.lazy.map { histories[$0] })))
    }
    let whole = try FullRanking(of: planted.run.split, part: .validation, settings: settings)
      .evaluate(.vectors(queries: vectors, items: model.itemVectors(), placed: model.placed))
    let within = try InClusterRanking(
      of: planted.run.split, part: .validation, settings: settings,
      partition: try #require(planted.partition)
    ).evaluate(queries: vectors, items: model.itemVectors(), placed: model.placed)
    let metric = try Metric(named: "ndcg@5")
    let values = (try whole.value(of: metric), try within.value(of: metric))
    #expect(values.0 < values.1)
    #expect(report.validation["ndcg@5"] == (easy == 0 ? values.1 : values.0))
  }

  @Test func `with vectors of clusters that are all ones is training without`() throws {
    // The step of a retriever that is told, by a pass for each cluster, against one pass for all.
    let planted = ClusterRun(clusters: 3)
    let partition = try #require(planted.partition)
    var told = planted.run.catalogue
    told.tasks = ItemTasks(count: 3, identity: .hadamard)
    let settings = changed(planted.run.settings.retriever) { retriever in
      guard var model = retriever.model as? SASRecSettings else { return }
      model.dropout = 0
      retriever = RetrieverSettings(model)
    }
    let (mine, its) = (Parameters(seed: 4), Parameters(seed: 4))
    let prompted = try mine.build { try settings.network(for: told, in: $0) }
    let plain = try its.build { try settings.network(for: planted.run.catalogue, in: $0) }
    let prompt = try #require(
      mine.all.first { own in !its.all.contains { $0.name == own.name } })
    #expect(prompt.tensor.shape == [3, 8])
    prompt.tensor.write([Float](repeating: 1, count: 24))
    let negatives = try ClusterNegatives(
      changed(planted.run.settings.negatives) { $0.count = 100 }, partition, form: nil)
    var generator = SeededGenerator(seed: 1)
    /// The loss of all targets, a sum over batches of some examples.
    func step(_ retriever: any Retriever, _ examples: SequenceExamples) -> Tensor {
      let order = examples.order(seed: 3, epoch: 0)
      let sums = stride(from: 0, to: examples.count, by: 20).map { first in
        let batch = examples.batch(first..<min(first + 20, examples.count), of: order)
        let columns = negatives.columns(targets: batch.targets, using: &generator)
        let items = retriever.items(columns.items, .inference)
        let logits = Logits.blocks(
          retriever.queries(batch, toward: items, .inference), items, columns)
        return LossSettings().mean(
          ofDivided: logits, in: columns, weights: batch.weights, itemCount: 24)
          * Float(batch.count)
      }
      return sums.dropFirst().reduce(sums[0]) { $0 + $1 }
    }
    let split = planted.run.split
    let pairs = step(prompted, SequenceExamples(split, length: 6, partition: partition))
    let whole = step(plain, SequenceExamples(split, length: 6))
    #expect(abs(pairs.item() - whole.item()) < 1e-4 * whole.item())
    pairs.backward()
    whole.backward()
    for parameter in its.all {
      let twin = try #require(mine.all.first { $0.name == parameter.name })
      let gradients = (
        try #require(parameter.tensor.gradient).dense().floats(),
        try #require(twin.tensor.gradient).dense().floats()
      )
      let size = gradients.0.map { abs($0) }.max() ?? 0
      #expect(size > 0 && gradients.0.count == gradients.1.count)
      #expect(zip(gradients.0, gradients.1).allSatisfy { abs($0 - $1) < 1e-4 * (size + 1) })
    }
  }

  // Steps are 15 an epoch, and about three times as many if clusters are told.
  @Test(arguments: [TaskIdentity.none, .hadamard], [1, 15, 16])
  func `that is killed and resumed ends with the bytes of one that never was`(
    identity: TaskIdentity, killedAfter: Int
  ) throws {
    try withTemporaryFolder { folder in
      var planted = ClusterRun(clusters: 3)
      planted.identity = identity
      planted.run.settings.train.checkpointEvery = 1
      planted.run.settings.negatives.easy = 0.3
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
      #expect(try resumed.model().stored == training.model().stored)
    }
  }

  @Test func `is not resumed over other clusters, nor if it is told them in another way`() throws {
    try withTemporaryFolder { folder in
      var planted = ClusterRun(clusters: 3)
      planted.run.settings.train.epochs = 1
      let file = folder.appending(path: "run.safetensors")
      var training = try planted.training(file)
      _ = try training.finish()
      _ = try planted.training(file, from: .checkpoint)
      var other = planted
      other.partition = Partition(
        clusters: (0..<24).map { Int32($0 == 5 ? 0 : $0 % 3) }, count: 3)
      var told = planted
      told.identity = .hadamard
      for changed in [other, told] {
        expectError(
          """
          \(file.path) cannot be resumed: it was trained over other clusters of items, or was told \
          of them in another way; use the clusters that it was started with, or start anew without \
          --resume
          """
        ) { _ = try changed.training(file, from: .checkpoint) }
      }
    }
  }

  @Test func `needs clusters, and is for a retriever alone`() throws {
    expectError(
      "setting 'negatives.kind' is in-cluster: there are no clusters to draw in; set clusters.kind, "
        + "such as item2vec, or give uniform"
    ) { _ = try ClusterRun(clusters: nil).training() }
    var pair = PlantedPair()
    pair.settings.cooperation.supervision = .own
    (pair.settings.negatives.kind, pair.settings.negatives.count) = (.inCluster, 4)
    expectError(
      "setting 'negatives.kind' is in-cluster: joint training knows no clusters; give in-batch or "
        + "uniform, or set method to independent"
    ) { _ = try pair.training() }
  }
}
