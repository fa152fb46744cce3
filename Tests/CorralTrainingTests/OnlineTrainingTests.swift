import CorralData
import CorralModels
import CorralSampling
import CorralTraining
import CorralVectors
import Testing
import Torch

@Suite struct `online training` {
  private static let items = 30

  private static var settings: RetrieverTrainingSettings {
    var model = TwoTowerSettings()
    model.dimension = 8
    var settings = RetrieverTrainingSettings(RetrieverSettings(model))
    settings.train.rate = 0.02
    settings.correction.estimator.buckets = 64
    return settings
  }

  private static var pace: OnlineSettings {
    var pace = OnlineSettings()
    (pace.batch, pace.warmUp) = (16, 4)
    return pace
  }

  private static func catalogue(items: Int = items) -> Catalogue {
    Catalogue(users: FeatureTable(count: 5), items: FeatureTable(count: items))
  }

  private func training(
    _ pace: OnlineSettings = pace, counts: [Int] = [Int](repeating: 3, count: items)
  ) throws -> OnlineTraining {
    let settings = Self.settings
    let parameters = Parameters(seed: 1)
    let catalogue = Self.catalogue()
    _ = try parameters.build { try settings.retriever.network(for: catalogue, in: $0) }
    let model = try FrozenRetriever(
      settings.retriever, for: catalogue, stored: parameters.stored())
    return try OnlineTraining(settings, pace, from: model, counts: counts)
  }

  /// A batch in which each item follows the one before it.
  private func batch(_ seed: UInt64, below items: Int = items, weight: Float = 1) -> TrainingBatch {
    var random = SeededGenerator(seed: seed)
    let starts = (0..<16).map { _ in random.next(below: items) }
    return TrainingBatch(
      queries: QueryBatch(
        users: starts.map { UserIndex($0 % 5) }, histories: Ragged(starts.map { [ItemIndex($0)] })),
      targets: starts.map { ItemIndex(($0 + 1) % items) },
      weights: [Float](repeating: weight, count: 16))
  }

  @Test func `learns what follows what`() throws {
    var training = try training()
    let losses = try (0..<150).map { try training.learn(batch(UInt64($0))) }
    let (first, last) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
    #expect(last < 0.5 * first)
    #expect(training.steps == 150)
    let total: Int = training.counts.reduce(0, +)
    #expect(total == 3 * Self.items + 150 * 16)
  }

  @Test(arguments: CorrectionSettings.Estimate.allCases)
  func `goes on from its state bit for bit, also when it grew before and after`(
    correction: CorrectionSettings.Estimate
  ) throws {
    var pace = Self.pace
    pace.correction = correction
    var whole = try training(pace)
    func go(_ training: inout OnlineTraining, _ steps: Range<Int>) throws {
      for step in steps {
        if step % 5 == 3 { try training.grow(users: [FeatureRow()], items: [FeatureRow()]) }
        _ = try training.learn(batch(UInt64(step), below: training.counts.count))
      }
    }
    try go(&whole, 0..<20)
    var first = try training(pace)
    try go(&first, 0..<9)
    var second = try OnlineTraining(Self.settings, pace, restoring: first.state())
    try go(&second, 9..<20)
    let (a, b) = (try whole.state(), try second.state())
    #expect(a.parameters == b.parameters && a.optimiser == b.optimiser)
    #expect(a.estimator == b.estimator && a.counts == b.counts && a.catalogue == b.catalogue)
    #expect(a.frequencies == b.frequencies && a.steps == b.steps)
  }

  @Test func `grows without touching what was learned`() throws {
    var training = try training()
    for step in 0..<5 { _ = try training.learn(batch(UInt64(step))) }
    let before = try training.state().parameters
    try training.grow(users: [], items: [FeatureRow(), FeatureRow()])
    let after = try training.state().parameters
    for (name, tensor) in before {
      let grown = try #require(after[name])
      #expect(Array(grown.values.prefix(tensor.values.count)) == tensor.values, "\(name)")
    }
    #expect(training.counts.count == Self.items + 2)
    // The new items can be learned at once, and an item that nobody met says nothing.
    _ = try training.learn(batch(9, below: Self.items + 1))
    let model = try training.model()
    #expect(!model.placed.contains(ItemIndex(Self.items + 1)))
  }

  @Test func `corrections see different streams`() throws {
    var losses: [CorrectionSettings.Estimate: Double] = [:]
    for correction in CorrectionSettings.Estimate.allCases {
      var pace = Self.pace
      pace.correction = correction
      // The counts say that the first items are popular; the stream says otherwise.
      var training = try training(
        pace, counts: (0..<Self.items).map { $0 < 3 ? 1000 : 1 })
      for step in 0..<30 { losses[correction] = try training.learn(batch(UInt64(step))) }
    }
    #expect(Set(losses.values).count == 3)
  }

  @Test func `a loss that is no number changes nothing`() throws {
    var training = try training()
    _ = try training.learn(batch(1))
    let before = try training.state().parameters
    let error = try #require(throws: TrainingError.self) {
      try training.learn(batch(2, weight: .infinity))
    }
    #expect("\(error)".contains("step 2 of the stream"), "\(error)")
    #expect(try training.state().parameters == before)
  }

  @Test func `weights that are no numbers are no state and no model`() throws {
    var pace = Self.pace
    (pace.rate, pace.warmUp) = (3e38, 0)
    var training = try training(pace)
    _ = try training.learn(batch(1))
    let error = try #require(throws: TrainingError.self) { try training.state() }
    #expect("\(error)".contains("is no longer a number after step 1"), "\(error)")
    #expect(throws: TrainingError.self) { try training.model() }
  }

  @Test(arguments: ["batch", "replay", "rate", "replayed"])
  func `refuses settings that no stream can be learned with`(key: String) throws {
    var pace = OnlineSettings()
    switch key {
    case "batch": pace.batch = 1
    case "replay": pace.replay = 1
    case "rate": pace.rate = -1
    default: pace.replayed = 0
    }
    let error = try #require(throws: SettingError.self) { try pace.validate() }
    #expect(error.path == key)
  }
}
