import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralTesting
import CorralVectors
import Foundation
import Testing
import Torch

/// A two-tower with all that can grow: ids of users and items, a history table of its own, and
/// features of both.
private struct Growing {
  static let catalogue = Catalogue(
    users: FeatureTable(
      count: 5,
      columns: [
        FeatureColumn(
          name: "city",
          values: .categories(
            Ragged([[0], [1], [], [1], [0]]), vocabulary: Vocabulary(["here", "there"]))),
        FeatureColumn(name: "age", values: .numbers([20, 31, 44, .nan, 60])),
      ]),
    items: FeatureTable(
      count: 7,
      columns: [
        FeatureColumn(
          name: "genres",
          values: .categories(
            Ragged([[0, 2], [], [1], [0, 1, 2], [2], [1], [0]]),
            vocabulary: Vocabulary(["drama", "noir", "war"]))),
        FeatureColumn(name: "year", values: .numbers([1990, .nan, 2001, 2010, 1984, 1999, 2005])),
      ]))

  static var settings: TwoTowerSettings {
    var settings = TwoTowerSettings()
    settings.dimension = 4
    settings.userEmbedding = .on
    settings.history.length = 3
    settings.history.table = .separate
    settings.queryTower = [6, 3]
    settings.itemTower = [6, 3]
    return settings
  }

  static let newUsers: [FeatureRow] = [
    ["city": .categories(["elsewhere"]), "age": .number(1e6)], [:],
    ["city": .categories(["here"]), "age": .number(33)],
  ]
  static let newItems: [FeatureRow] = [
    ["genres": .categories(["drama", "comedy"]), "year": .number(-1e6)],
    ["genres": .categories(["noir"]), "year": .number(2024)],
    ["genres": .categories(["noir"]), "year": .number(2024)],
    [:],
  ]
  /// Queries of users and items that are there from the start, and of those that come.
  static let old = batch([0, 3, nil, 4], [[1, 2, 3, 4], [6], [5, 0], []])
  static let new = batch([0, 5, 6, 7, nil], [[1, 2, 3, 4], [10], [], [7, 8, 0], [9, 10]])

  let parameters: Parameters
  let network: TwoTower
  var optimizer: Optimizer

  init(
    _ parameters: Parameters = Parameters(seed: 3), for catalogue: Catalogue = catalogue
  ) throws {
    self.parameters = parameters
    network = try parameters.build { try TwoTower(Self.settings, for: catalogue, in: $0) }
    optimizer = Optimizer(.adam(), rate: 0.05, of: parameters)
  }

  /// A network that learned the old users and items, and then got the new ones.
  static func grown() throws -> Growing {
    var growing = try Growing()
    for step in 0..<3 { growing.step(old, items: 7, step) }
    try growing.grow()
    return growing
  }

  func grow() throws {
    try network.grow(users: Self.newUsers, items: Self.newItems, in: parameters)
  }

  mutating func step(_ queries: QueryBatch, items: Int, _ number: Int) {
    let phase = Phase.training(seed: UInt64(number))
    let items = network.items((0..<items).map { ItemIndex($0) }, phase)
    (network.scores(network.queries(queries, phase), items) - 0.5).power(2).mean().backward()
    optimizer.step()
  }

  func queries(_ batch: QueryBatch) -> [Float] { network.queries(batch, .inference).floats() }

  func items(_ positions: Range<Int>) -> [Float] {
    network.items(positions.map { ItemIndex($0) }, .inference).floats()
  }
}

@Suite struct `a two-tower that grows` {
  @Test func `encodes users and items that were there exactly as before`() throws {
    var growing = try Growing()
    for step in 0..<3 { growing.step(Growing.old, items: 7, step) }
    let (queries, items) = (growing.queries(Growing.old), growing.items(0..<7))
    let stored = growing.parameters.stored()
    try growing.grow()
    #expect(growing.queries(Growing.old) == queries)
    #expect(growing.items(0..<7) == items)
    let shapes = Dictionary(
      uniqueKeysWithValues: growing.parameters.all.map { ($0.name, $0.tensor.shape) })
    #expect(shapes["users.weight"] == [8, 4])
    #expect(shapes["items.weight"] == [11, 4] && shapes["history.weight"] == [11, 4])
    #expect(shapes["user_features.city.weight"] == [3, 4])
    #expect(shapes["item_features.genres.weight"] == [4, 4])
    for (name, tensor) in stored {
      let now = try #require(growing.parameters.stored()[name])
      #expect(Array(now.values.prefix(tensor.values.count)) == tensor.values, "\(name)")
    }
    // Numbers are read as at the start, however far off the new ones are.
    #expect(
      growing.network.catalogue.items["year"]?.standardisation
        == Standardisation(of: [1990, .nan, 2001, 2010, 1984, 1999, 2005]))
    #expect(growing.queries(Growing.new).allSatisfy { $0.isFinite })
    #expect(growing.items(7..<11).allSatisfy { $0.isFinite })
  }

  @Test func `grows the same in one step and in many`() throws {
    let (once, often) = (try Growing(), try Growing())
    try once.grow()
    for user in Growing.newUsers {
      try often.network.grow(users: [user], items: [], in: often.parameters)
    }
    for item in Growing.newItems {
      try often.network.grow(users: [], items: [item], in: often.parameters)
    }
    #expect(once.parameters.stored() == often.parameters.stored())
    #expect(once.items(0..<11) == often.items(0..<11))
    #expect(once.queries(Growing.new) == often.queries(Growing.new))
  }

  @Test func `copies its features a few times in all, however often it grows`() throws {
    let growing = try Growing()
    func place() -> Int {
      guard case .numbers(let years) = growing.network.catalogue.items["year"]?.values else {
        return 0
      }
      return years.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
    }
    var copies = 0
    var before = place()
    for year in 0..<1000 {
      try growing.network.grow(
        users: [], items: [["year": .number(Float(year))]], in: growing.parameters)
      if place() != before { copies += 1 }
      before = place()
    }
    #expect(copies <= 16, "\(copies) copies")
  }

  @Test func `trains on as a network made whole with the same parameters does`() throws {
    var growing = try Growing.grown()
    var whole = try Growing(
      Parameters(stored: growing.parameters.stored()), for: growing.network.catalogue)
    try whole.optimizer.restore(growing.optimizer.state())
    let before = growing.parameters.stored()
    for step in 3..<8 {
      growing.step(Growing.new, items: 11, step)
      whole.step(Growing.new, items: 11, step)
    }
    #expect(growing.parameters.stored() == whole.parameters.stored())
    #expect(growing.optimizer.state() == whole.optimizer.state())
    for (name, width, rows) in [
      ("users.weight", 4, 5..<8), ("items.weight", 4, 7..<11), ("history.weight", 4, 7..<11),
      ("user_features.city.weight", 4, 2..<3), ("item_features.genres.weight", 4, 3..<4),
    ] {
      let now = try #require(growing.parameters.stored()[name]).values
      for row in rows {
        let range = row * width..<(row + 1) * width
        #expect(Array(now[range]) != before[name].map { Array($0.values[range]) }, "\(name) \(row)")
      }
    }
  }

  @Test func `knows a new item by its features alone until training meets it`() throws {
    let growing = try Growing.grown()
    let untrained = UntrainedItems(
      counts: [1, 2, 1, 1, 3, 1, 1], features: growing.network.catalogue.items)
    let settings = RetrieverSettings(Growing.settings)
    let frozen = try FrozenRetriever(
      settings, for: growing.network.catalogue,
      stored: untrained.forgotten(growing.parameters.stored(), of: growing.parameters),
      placed: untrained.placed(by: settings))
    let vectors = frozen.itemVectors()
    #expect(Array(vectors.values.prefix(21)) == growing.items(0..<7))
    #expect(Array(vectors[8]) == Array(vectors[9]))
    #expect(Array(vectors[8]) != Array(vectors[7]) && Array(vectors[8]) != Array(vectors[10]))
    #expect((7..<11).map { frozen.placed.contains(ItemIndex($0)) } == [true, true, true, false])
    // While it trains, each has an embedding of its own.
    #expect(growing.items(8..<9) != growing.items(9..<10))
  }

  @Test func `comes back from a folder with the same vectors, and grows on`() throws {
    let growing = try Growing.grown()
    let frozen = try FrozenRetriever(
      RetrieverSettings(Growing.settings), for: growing.network.catalogue,
      stored: growing.parameters.stored())
    let manifest = Manifest(
      kinds: ["retriever": "two-tower"], settings: .object([:]),
      data: .init(path: "", sha256: "", users: 8, items: 11, interactions: 0),
      metrics: .object([:]), created: .init(by: "test", machine: "test", seconds: 0))
    let opened = try withTemporaryFolder { folder in
      let place = folder.appending(path: "model")
      try SavedModel.write(to: place, manifest: manifest) { try frozen.write(to: $0) }
      return try FrozenRetriever(try SavedModel.open(place))
    }
    #expect(opened.stored == growing.parameters.stored())
    #expect(opened.itemVectors().values == growing.items(0..<11))
    #expect(opened.vectors(for: Growing.new).values == growing.queries(Growing.new))
    let standard = opened.catalogue.items["year"]?.standardisation
    #expect(standard == growing.network.catalogue.items["year"]?.standardisation)
    #expect(standard != nil)

    let again = try Growing(Parameters(stored: opened.stored, seed: 3), for: opened.catalogue)
    for network in [again, growing] {
      try network.network.grow(
        users: [], items: [["genres": .categories(["comedy", "opera"])]], in: network.parameters)
    }
    #expect(again.items(0..<12) == growing.items(0..<12))
    #expect(again.parameters.stored() == growing.parameters.stored())
  }

  @Test func `refuses features that it does not know, and then nothing has grown`() throws {
    let growing = try Growing()
    let before = growing.parameters.stored()
    #expect(
      throws: FeatureRowError.unknownColumn("colour", of: "new item 1", known: ["genres", "year"])
    ) {
      try growing.network.grow(
        users: [[:]], items: [[:], ["colour": .number(1)]], in: growing.parameters)
    }
    #expect(growing.parameters.stored() == before)
    #expect(growing.network.catalogue.users.count == 5)
  }

  @Test func `is told apart from those that do not grow`() throws {
    for settings in RetrieverSettings.all {
      let parameters = Parameters(seed: 1)
      let network = try parameters.build { try settings.network(for: Growing.catalogue, in: $0) }
      if settings.name == TwoTowerSettings.name {
        let growing = try settings.growing(network)
        try growing.grow(users: [[:]], items: [[:]], in: parameters)
        #expect(growing.catalogue.items.count == 8)
        #expect(growing.items([ItemIndex(7)], .inference).isFinite)
      } else {
        let error = #expect(throws: ModelsError.self) { _ = try settings.growing(network) }
        #expect(
          error?.description.hasPrefix("\(settings.name) takes no new users and items") == true)
      }
    }
  }

  @Test func `stops with parameters that are not its own`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let growing = try Growing()
      try growing.network.grow(users: [], items: [[:]], in: Growing().parameters)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("TwoTower: 8 items, and a table of shape [7, 4]"), "\(text)")
  }
}
