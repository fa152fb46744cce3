import CorralBaselines
import CorralData
import CorralIndex
import CorralModels
import CorralTesting
import CorralTraining
import CorralVectors
import Foundation
import Testing

/// Users whose next cluster follows from the last one by known probabilities.
private struct PlantedClusters {
  /// The probability of each next cluster, by the last one.
  static let chances: [[Double]] = [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.45, 0.1, 0.45]]

  let split: Split
  let partition = Partition(clusters: (0..<12).map { Int32($0 % 3) }, count: 3)

  init(users: Int = 2000, length: Int = 12) {
    var generator = SeededGenerator(seed: 5)
    let walks = (0..<users).map { _ in
      var cluster = generator.next(below: 3)
      return (0..<length).map { _ in
        let height = generator.uniform()
        let row = Self.chances[cluster]
        cluster = height < row[0] ? 0 : height < row[0] + row[1] ? 1 : 2
        return ItemIndex(3 * generator.next(below: 4) + cluster)
      }
    }
    split = Split(
      itemCount: 12, training: Ragged(walks.map { $0.dropLast() }),
      weights: [Float](repeating: 1, count: users * (length - 1)),
      validation: Ragged(walks.map { $0.suffix(1) }),
      test: Ragged(walks.map { _ in [ItemIndex]() }), rule: "planted clusters")
  }

  /// A model whose vector is the cluster of the last item.
  var encoder: UserEncoder {
    UserEncoder { batch in lastClusters(batch.histories) }
  }

  func lastClusters(_ histories: Ragged<ItemIndex>) -> Matrix {
    var vectors = Matrix(rows: histories.count, columns: 3)
    for row in 0..<histories.count {
      if let last = histories[row].last { vectors[row, last.position % 3] = 10 }
    }
    return vectors
  }

  func training(_ change: (inout ClusterSettings.Intent) -> Void = { _ in }) -> IntentTraining {
    IntentTraining(
      changed(ClusterSettings.Intent(), change), on: split, partition: partition, seed: 1)
  }
}

@Suite struct `the intent of users` {
  @Test func `recovers planted probabilities of clusters`() throws {
    let planted = PlantedClusters()
    let (intent, found) = try planted.training().intent(for: planted.encoder)
    let report = try #require(found)
    // Histories in which the last cluster is the only thing that matters.
    let histories = Ragged(
      [[0, 4, 8, 2, 3], [5, 3, 1, 0, 10], [1, 0, 7, 3, 2]].map { $0.map { ItemIndex($0) } })
    let shares = intent.shares(vectors: planted.lastClusters(histories), histories: histories)
    for (row, chances) in PlantedClusters.chances.enumerated() {
      for (cluster, chance) in chances.enumerated() {
        #expect(abs(Double(shares[row, cluster]) - chance) < 0.06, "\(shares)")
      }
    }
    // The least loss that is possible is the entropy of the chances; a guess would have log 3.
    let entropy = PlantedClusters.chances.map { row in row.reduce(0) { $0 - $1 * log($1) } }
    let last = planted.split.training.values.map { $0.position % 3 }
    let least =
      (0..<planted.split.userCount).reduce(0.0) {
        $0 + entropy[last[planted.split.training.offsets[$1 + 1] - 1]]
      } / Double(planted.split.userCount)
    #expect(abs(report.loss - least) < 0.04, "\(report), \(least)")
    #expect(report.users == 2000 && abs(report.temperature - 1) < 0.15)
    #expect(report.calibrationError < 0.05 && report.bins.map(\.users).reduce(0, +) == 2000)
    #expect(report.accuracy > 0.5)
  }

  @Test func `is the same from one pass over a history as from a pass for each position`() throws {
    let planted = PlantedClusters(users: 60)
    var run = PlantedRun()
    // A state of it depends on nothing behind it, not even on how far the end is.
    var network = GRU4RecSettings()
    (network.dimension, network.history, network.hidden) = (8, 16, 8)
    run.settings.retriever = RetrieverSettings(network)
    run.settings.train.epochs = 1
    let model = try RetrieverTraining(
      run.settings, on: planted.split,
      of: Catalogue(users: FeatureTable(count: 60), items: FeatureTable(count: 12))
    ).model()
    let whole = UserEncoder(model)
    #expect(whole.positions != nil)
    let each = UserEncoder { model.vectors(for: $0) }
    let (first, second) = (
      try planted.training().intent(for: whole), try planted.training().intent(for: each)
    )
    let shares = [first.intent, second.intent].map {
      $0.shares(
        vectors: model.vectors(
          for: QueryBatch(
            users: (0..<60).map { UserIndex($0) }, histories: planted.split.training)),
        histories: planted.split.training)
    }
    for (one, other) in zip(shares[0].values, shares[1].values) { #expect(abs(one - other) < 1e-3) }
    #expect(first.report?.users == 60)
  }

  @Test func `cuts a row into the passes that a model reads`() throws {
    // Rows of 11 items in passes of 4: the vector of a position is what the pass holds up to it.
    let planted = PlantedClusters(users: 30)
    var model = SASRecSettings()
    (model.dimension, model.history, model.positions) = (8, 4, 4)
    (model.feedForward, model.layers) = (8, 1)
    var settings = RetrieverTrainingSettings()
    settings.retriever = RetrieverSettings(model)
    let frozen = try RetrieverTraining(
      settings, on: planted.split,
      of: Catalogue(users: FeatureTable(count: 30), items: FeatureTable(count: 12))
    ).model()
    let (intent, report) = try planted.training().intent(for: UserEncoder(frozen))
    #expect(report?.users == 30 && intent.partition == planted.partition)
  }

  @Test func `has a temperature that mends what training was too sure of`() throws {
    let planted = PlantedClusters()
    // In training the vector gives the next cluster away; on held-out users it is a guess.
    let split = planted.split
    let starts = Dictionary(
      uniqueKeysWithValues: (0..<split.userCount).map { (UserIndex($0), split.training[$0]) })
    var generator = SeededGenerator(seed: 9)
    let encoder = UserEncoder { batch in
      var vectors = Matrix(rows: batch.count, columns: 3)
      for row in 0..<batch.count {
        let known = batch.users[row].flatMap { starts[$0] } ?? []
        let length = batch.histories[row].count
        let isHeldOut = length == known.count
        let next =
          isHeldOut
          ? split.validation[batch.users[row]?.position ?? 0].first ?? ItemIndex(0)
          : known[known.startIndex + length]
        let isRight = generator.uniform() < (isHeldOut ? 0.6 : 0.97)
        vectors[row, isRight ? next.position % 3 : generator.next(below: 3)] = 1
      }
      return vectors
    }
    let (_, found) = try planted.training().intent(for: encoder)
    let report = try #require(found)
    #expect(report.temperature > 1.5)
    #expect(report.loss < report.plainLoss - 0.1)
    #expect(report.calibrationError < 0.06, "\(report)")
  }

  @Test(arguments: [0.5, 1, 4])
  func `has the temperature that logits were multiplied by`(factor: Double) {
    var generator = SeededGenerator(seed: 2)
    var logits = Matrix(rows: 6000, columns: 4)
    var truth = logits
    for row in 0..<6000 {
      let chances = (0..<4).map { _ in exp(generator.normal()) }
      let total = chances.reduce(0, +)
      var height = generator.uniform() * total
      var drawn = 0
      while drawn < 3, height >= chances[drawn] {
        height -= chances[drawn]
        drawn += 1
      }
      truth[row, drawn] = 1
      for column in 0..<4 {
        logits[row, column] = Float(factor * log(chances[column]) + 3)
      }
    }
    let found = TemperatureScaling.temperature(of: logits, truth)
    #expect(abs(found / factor - 1) < 0.06)
  }

  @Test func `of several targets is measured by their shares`() throws {
    let shares = Matrix(rows: 2, columns: 2, values: [0.75, 0.25, 0.4, 0.6])
    let truth = Matrix(rows: 2, columns: 2, values: [0.5, 0.5, 0, 1])
    let report = IntentReport(shares, plain: shares, truth: truth, temperature: 1)
    #expect(abs(report.accuracy - 0.75) < 1e-9)
    let loss = -(0.5 * log(0.75) + 0.5 * log(0.25) + log(0.6)) / 2
    #expect(abs(report.loss - loss) < 1e-6)
    #expect(report.bins.map(\.users) == [1, 1])
    #expect(abs(report.calibrationError - (0.25 + 0.4) / 2) < 1e-6)
  }

  @Test(arguments: [0, 5])
  func `follows from histories alone, with neighbours if asked for`(neighbours: Int) throws {
    let planted = PlantedClusters(users: 300)
    let (intent, found) = try planted.training {
      ($0.kind, $0.neighbours, $0.halfLife) = (.history, neighbours, 3)
    }.intent(for: planted.encoder)
    let report = try #require(found)
    #expect(report.temperature == 1 && report.loss == report.plainLoss)
    #expect((intent.neighbours == nil) == (neighbours == 0))
    let history = Ragged([[0, 3, 6].map { ItemIndex($0) }])
    let vectors =
      neighbours == 0 ? Matrix(rows: 1, columns: 0) : planted.lastClusters(history)
    let shares = intent.shares(vectors: vectors, histories: history)
    #expect(shares[0, 0] > shares[0, 1] && shares[0, 0] > shares[0, 2])
  }

  @Test func `is learned for implicit ALS and item2vec as for a network`() throws {
    let planted = PlantedClusters(users: 600)
    // What a guess by the frequencies of clusters would have.
    var frequencies = [0.0, 0.0, 0.0]
    for item in planted.split.training.values { frequencies[item.position % 3] += 1 }
    let frequent =
      planted.split.validation.values.reduce(0.0) {
        $0 - log(frequencies[$1.position % 3] / frequencies.reduce(0, +))
      } / 600
    var settings = ImplicitALSSettings()
    (settings.dimension, settings.sweeps) = (8, 3)
    var factors = try ImplicitALSRun(settings, on: planted.split)
    while try factors.next() != nil {}
    let als = factors.model()
    var words = Item2VecSettings()
    (words.dimension, words.epochs) = (8, 3)
    var run = try Item2VecRun(words, on: planted.split)
    while try run.next() != nil {}
    let item2vec = run.model()
    for encoder in [
      UserEncoder { try als.foldIn($0.histories) },
      UserEncoder { item2vec.vectors(for: $0.histories) },
    ] {
      let (_, report) = try planted.training().intent(for: encoder)
      let loss = try #require(report).loss
      #expect(loss < frequent, "\(loss), \(frequent)")
    }
  }

  @Test func `is the same for the same seed, and refuses vectors that are not finite`() throws {
    let planted = PlantedClusters(users: 100)
    let first = try planted.training().intent(for: planted.encoder)
    let second = try planted.training().intent(for: planted.encoder)
    #expect(first.intent == second.intent && first.report == second.report)
    expectError(
      """
      the clusters of users cannot be learned: the loss is no finite number in pass 1: the vectors \
      of the model are not finite, or clusters.intent.rate is too high
      """
    ) {
      _ = try planted.training().intent(
        for: UserEncoder { Matrix(rows: $0.count, columns: 2, repeating: .nan) })
    }
  }
}
