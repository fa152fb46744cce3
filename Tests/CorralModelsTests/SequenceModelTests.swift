import CorralData
import CorralModels
import CorralTesting
import Testing
import Torch

private let catalogue = Catalogue(
  users: FeatureTable(count: 3, columns: []), items: FeatureTable(count: 9, columns: []))

private func network(_ settings: RetrieverSettings) throws -> any Retriever {
  try Parameters(seed: 4).build {
    try settings.network(for: catalogue, in: $0)
  }
}

private func batch(_ rows: [[Int]]) -> QueryBatch {
  QueryBatch(
    users: rows.map { _ in nil }, histories: Ragged(rows.map { $0.map { ItemIndex($0) } }))
}

private let models = [
  RetrieverSettings(SASRecSettings()), RetrieverSettings(BERT4RecSettings()),
  RetrieverSettings(GRU4RecSettings()),
]

@Suite struct `sequence models` {
  @Test(arguments: models)
  func `a query does not depend on the others of its batch`(settings: RetrieverSettings) throws {
    let network = try network(settings)
    let rows = [[1, 2], [8], [3, 4, 5, 6, 7], []]
    let together = network.queries(batch(rows), .inference).floats()
    let apart = rows.flatMap { network.queries(batch([$0]), .inference).floats() }
    expectClose(together, apart, tolerance: 1e-5)
  }

  @Test(arguments: models)
  func `the order of a history matters`(settings: RetrieverSettings) throws {
    let network = try network(settings)
    let vectors = network.queries(batch([[1, 2, 3], [2, 1, 3]]), .inference)
    #expect(vectors[0].floats() != vectors[1].floats())
  }

  @Test(arguments: models)
  func `the seed alone decides what training drops`(settings: RetrieverSettings) throws {
    let network = try network(settings)
    func vectors(_ phase: Phase) -> [Float] {
      network.queries(batch([[1, 2, 3]]), phase).floats()
    }
    #expect(vectors(.training(seed: 1)) == vectors(.training(seed: 1)))
    #expect(vectors(.training(seed: 1)) != vectors(.training(seed: 2)))
    #expect(vectors(.inference) == vectors(.inference))
  }

  // Places are counted from the end, so that only one length of stretch has the query's.
  @Test(arguments: [
    RetrieverSettings(changed(SASRecSettings()) { $0.dropout = 0 }),
    RetrieverSettings(changed(GRU4RecSettings()) { $0.dropout = 0 }),
  ])
  func `every position of a stretch is what a query of its prefix would be`(
    settings: RetrieverSettings
  ) throws {
    let network = try Parameters(seed: 4).build {
      try settings.network(for: catalogue, in: $0)
    }
    let stretch = [5, 1, 7]
    let training = TrainingBatch(
      queries: batch([stretch]), targets: stretch.map { ItemIndex($0) }, weights: [1, 1, 1],
      reading: .everyPosition)
    let phase = Phase.training(seed: 1)
    let every = network.queries(training, toward: .zeros([3, 64]), phase)
    let last = network.queries(batch([stretch]), .inference)
    expectClose(every[2].floats(), last[0].floats(), tolerance: 1e-5)
  }

  @Test func `what is hidden is not looked at`() throws {
    var settings = BERT4RecSettings()
    settings.dropout = 0
    let network = try Parameters(seed: 4).build {
      try RetrieverSettings(settings).network(for: catalogue, in: $0)
    }
    func vectors(_ items: [Int]) -> [Float] {
      let training = TrainingBatch(
        queries: batch([items]), targets: [ItemIndex(items[1])], weights: [1], reading: .masked([1])
      )
      return network.queries(training, toward: .zeros([1, 64]), .training(seed: 1)).floats()
    }
    #expect(vectors([1, 2, 3]) == vectors([1, 8, 3]))
    #expect(vectors([1, 2, 3]) != vectors([1, 2, 4]))
  }

  @Test func `a query of BERT4Rec is a stretch with its end hidden`() throws {
    let network = try network(RetrieverSettings(BERT4RecSettings()))
    let training = TrainingBatch(
      queries: batch([[1, 2, 3]]), targets: [ItemIndex(3)], weights: [1], reading: .masked([2]))
    expectClose(
      network.queries(training, toward: .zeros([1, 64]), .inference).floats(),
      network.queries(batch([[1, 2]]), .inference).floats(), tolerance: 1e-5)
  }

  @Test func `shapes that cannot be say so in one line`() {
    func expect(_ message: String, _ change: (inout SASRecSettings) -> Void) {
      var settings = SASRecSettings()
      change(&settings)
      #expect { try settings.validate() } throws: { "\($0)" == message }
    }
    expect(
      "setting 'heads' is 3: heads are equal parts of retriever.dimension, 64; give a "
        + "number that divides it"
    ) { $0.heads = 3 }
    expect(
      "setting 'heads' is 0: heads are equal parts of retriever.dimension, 64; give a "
        + "number that divides it"
    ) { $0.heads = 0 }
    expect(
      "setting 'history' is 300: there are 200 positions; give at most that, or raise "
        + "retriever.positions"
    ) { $0.history = 300 }
    expect("setting 'layers' is 0: give 1 block or more, such as 2") { $0.layers = 0 }
    var settings = BERT4RecSettings()
    settings.hidden = 1
    #expect { try settings.validate() } throws: {
      "\($0)" == "setting 'hidden' is 1.0: give a share between 0 and 1, such as 0.3"
    }
    var recurrent = GRU4RecSettings()
    recurrent.hidden = 0
    #expect { try recurrent.validate() } throws: {
      "\($0)" == "setting 'hidden' is 0: a state has 1 element or more, such as 64"
    }
  }
}
