import CorralData
import CorralModels
import CorralVectors
import Testing
import Torch

/// A network of ten items and four users without features, with fresh parameters.
func network(_ change: (inout TwoTowerSettings) -> Void = { _ in }) throws -> any Retriever {
  var settings = TwoTowerSettings()
  settings.dimension = 8
  change(&settings)
  let catalogue = Catalogue(users: FeatureTable(count: 4), items: FeatureTable(count: 10))
  return try Parameters(seed: 1).build {
    try RetrieverSettings(settings).network(for: catalogue, in: $0)
  }
}

func batch(_ users: [Int?], _ histories: [[Int]]) -> QueryBatch {
  QueryBatch(
    users: users.map { $0.map { UserIndex($0) } },
    histories: Ragged(histories.map { $0.map { ItemIndex($0) } }))
}

@Suite struct `retrievers` {
  @Test func `matrix factorisation scores are cosines or inner products of table rows`() throws {
    let parameters = Parameters(seed: 4)
    var settings = MatrixFactorisationSettings()
    settings.dimension = 3
    let catalogue = Catalogue(users: FeatureTable(count: 2), items: FeatureTable(count: 5))
    settings.similarity = .dot
    let dot = try parameters.build {
      try MatrixFactorisation(settings, for: catalogue, in: $0)
    }
    let stored = parameters.stored()
    let users = try #require(stored["users.weight"]).values
    let items = try #require(stored["items.weight"]).values
    #expect(dot.queries(batch([1], [[]]), .inference).floats() == Array(users[3..<6]))
    #expect(dot.items([ItemIndex(4)], .inference).floats() == Array(items[12..<15]))
    settings.similarity = .cosine
    let cosine = try Parameters(stored: stored).build {
      try MatrixFactorisation(settings, for: catalogue, in: $0)
    }
    let length = items[12..<15].reduce(0) { $0 + $1 * $1 }.squareRoot()
    expectClose(
      cosine.items([ItemIndex(4)], .inference).floats(), items[12..<15].map { $0 / length })
  }

  @Test func `to matrix factorisation an unknown user is the mean of their items`() throws {
    var settings = MatrixFactorisationSettings()
    settings.similarity = .dot
    let catalogue = Catalogue(users: FeatureTable(count: 4), items: FeatureTable(count: 10))
    let factorisation = try Parameters(seed: 1).build {
      try MatrixFactorisation(settings, for: catalogue, in: $0)
    }
    let vectors = factorisation.queryMatrix(batch([nil, 2, nil], [[1, 3], [1, 3], []]))
    let items = factorisation.itemMatrix(count: 10)
    expectClose(Array(vectors[0]), zip(items[1], items[3]).map { ($0 + $1) / 2 })
    #expect(Array(vectors[1]) == factorisation.queryMatrix(batch([2], [[]])).values)
    #expect(vectors[2].allSatisfy { $0 == 0 })
  }

  @Test func `only the last items of a history count`() throws {
    let network = try network { $0.history.length = 2 }
    let vectors = network.queryMatrix(
      batch([nil, nil, nil], [[1, 2, 3], [9, 2, 3], [2, 9, 3]]))
    #expect(Array(vectors[0]) == Array(vectors[1]))
    #expect(Array(vectors[0]) != Array(vectors[2]))
  }

  @Test(arguments: HistorySettings.Weighting.allCases)
  func `a history is the weighted mean of its embeddings`(
    weighting: HistorySettings.Weighting
  ) throws {
    let network = try network {
      $0.similarity = .dot
      $0.history.table = .shared
      $0.history.weighting = weighting
      $0.history.decay = 0.5
    }
    let items = network.itemMatrix(count: 10)
    let query = network.queryMatrix(batch([nil], [[4, 7]]))
    // Learned weights start from the same number for each age.
    let last: Float = weighting == .decay ? 2 / 3 : 1 / 2
    expectClose(
      query.values, zip(items[4], items[7]).map { (1 - last) * $0 + last * $1 })
  }

  @Test func `a user without features is an ordinary query through the history`() throws {
    let network = try network {
      $0.userEmbedding = .on
      $0.queryTower = [16, 8]
    }
    let vectors = network.queryMatrix(batch([nil, 1, nil], [[4], [4], [5]]))
    #expect(vectors.values.allSatisfy { $0.isFinite })
    #expect(Array(vectors[0]) != Array(vectors[1]))
    #expect(Array(vectors[0]) != Array(vectors[2]))
  }

  @Test func `cosine vectors have length 1, and blocks do not change them`() throws {
    let network = try network { $0.history.length = 3 }
    var generator = SeededGenerator(seed: 1)
    let histories = (0..<9000).map { _ in (0..<5).map { _ in generator.next(below: 10) } }
    let many = network.queryMatrix(batch([Int?](repeating: nil, count: 9000), histories))
    for row in [0, 8191, 8192, 8999] {
      let length = many[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(length - 1) < 1e-5)
      expectClose(
        network.queryMatrix(batch([nil], [histories[row]])).values, Array(many[row]))
    }
  }

  @Test func `dropout is for training only, and seeded`() throws {
    let network = try network {
      $0.queryTower = [32, 8]
      $0.dropout = 0.5
    }
    let query = batch([nil], [[1, 2, 3]])
    func trained(_ seed: UInt64) -> [Float] {
      network.queries(query, .training(seed: seed)).floats()
    }
    #expect(trained(1) == trained(1))
    #expect(trained(1) != trained(2))
    #expect(
      network.queries(query, .inference).floats() == network.queries(query, .inference).floats())
  }

  @Test func `a learned scale multiplies the scores and starts at 1`() throws {
    let learned = try network { $0.scale = .learned }
    #expect(learned.scale?.item() == 1)
    #expect(try network().scale == nil)
    let columns = TrainingColumns(
      items: [ItemIndex(0), ItemIndex(1)], targets: [0], negatives: .shared(counts: [1, 1]))
    let query = Tensor([1, 2] as [Float], shape: [1, 2])
    let items = Tensor([3, 4, 5, 6] as [Float], shape: [2, 2])
    let logits = Logits(query, items, columns, scale: Tensor(0.5))
    #expect(logits.values.floats() == [5.5, 8.5])
  }

  @Test func `impossible shapes are refused in words`() {
    expectRefusal("dimension", "0", "vectors need 1 element or more, such as 64") {
      $0.dimension = 0
    }
    expectRefusal(
      "itemTower", "[]",
      "item vectors would have 64 elements and query vectors 4; end both towers with the same "
        + "width (a tower without layers has that of retriever.dimension)"
    ) { $0.queryTower = [16, 4] }
    expectRefusal(
      "history.length", "0",
      "a query would be nothing at all without userEmbedding and user features; give a length "
        + "such as 20, or set retriever.userEmbedding to on"
    ) { $0.history.length = 0 }
    expectRefusal("dropout", "1.0", "give a share from 0 up to, but not, 1") { $0.dropout = 1 }
  }

  private func expectRefusal(
    _ key: String, _ value: String, _ reason: String,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout TwoTowerSettings) -> Void
  ) {
    var settings = TwoTowerSettings()
    change(&settings)
    let catalogue = Catalogue(users: FeatureTable(count: 4), items: FeatureTable(count: 10))
    do {
      _ = try Parameters(seed: 1).build {
        try RetrieverSettings(settings).network(for: catalogue, in: $0)
      }
      Issue.record("no error", sourceLocation: sourceLocation)
    } catch {
      #expect(
        "\(error)" == "setting 'retriever.\(key)' is \(value): \(reason)",
        sourceLocation: sourceLocation)
    }
  }
}
