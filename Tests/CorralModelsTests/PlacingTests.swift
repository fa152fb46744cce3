import CorralData
import CorralModels
import CorralVectors
import Testing
import Torch

/// Items that a model does not have, placed by what is told of them.
@Suite struct `placing items by their features` {
  static let catalogue = Catalogue(
    users: FeatureTable(count: 3),
    items: FeatureTable(
      count: 6,
      columns: [
        FeatureColumn(
          name: "genres",
          values: .categories(
            Ragged([[0], [1, 2], [], [2], [1, 2], [0]]),
            vocabulary: Vocabulary(["drama", "noir", "war"]))),
        FeatureColumn(
          name: "year", values: .numbers([1990, 2010, .nan, 1950, 2010, 2020]),
          standardisation: Standardisation(mean: 2000, deviation: 20)),
      ]))

  static let retrievers: [RetrieverSettings] = {
    var tower = TwoTowerSettings()
    tower.dimension = 4
    var dot = tower
    dot.similarity = .dot
    var deep = tower
    (deep.queryTower, deep.itemTower) = ([8, 5], [7, 5])
    var dssm = DSSMSettings()
    (dssm.dimension, dssm.hidden) = (4, [6, 5])
    return [
      RetrieverSettings(tower), RetrieverSettings(dot), RetrieverSettings(deep),
      RetrieverSettings(dssm),
    ]
  }()

  /// A model whose items 4 and 5 training never met.
  private func frozen(
    _ settings: RetrieverSettings, prior: ServingPrior? = nil
  ) throws -> FrozenRetriever {
    let parameters = Parameters(seed: 3)
    _ = try parameters.build { try settings.network(for: Self.catalogue, in: $0) }
    let untrained = UntrainedItems(counts: [3, 2, 1, 4, 0, 0], features: Self.catalogue.items)
    return try FrozenRetriever(
      settings, for: Self.catalogue,
      stored: untrained.forgotten(parameters.stored(), of: parameters), prior: prior,
      placed: untrained.placed(by: settings))
  }

  private func vectors(
    _ model: FrozenRetriever, _ items: [DescribedItem]
  ) -> Matrix {
    model.itemVectors(
      items.map(\.item), describedBy: model.catalogue.items.described(items))
  }

  @Test(arguments: retrievers)
  func `an item that is described as the model has it stays where it is`(
    settings: RetrieverSettings
  ) throws {
    let model = try frozen(settings)
    #expect(model.placesByFeatures)
    let all = (0..<6).map { DescribedItem(item: ItemIndex($0), told: [:]) }
    expectClose(vectors(model, all).values, model.itemVectors().values)
    let told = DescribedItem(
      item: ItemIndex(1), told: ["genres": .categories(["war", "noir"]), "year": .number(2010)])
    expectClose(vectors(model, [told]).values, Array(model.itemVectors()[1]))
  }

  @Test(arguments: retrievers)
  func `an item that the model lacks is where one without a training interaction is`(
    settings: RetrieverSettings
  ) throws {
    let model = try frozen(settings)
    let items = model.itemVectors()
    let placed = vectors(
      model,
      [
        DescribedItem(
          item: nil, told: ["genres": .categories(["noir", "war"]), "year": .number(2010)]),
        // What the model does not know is as good as nothing.
        DescribedItem(
          item: nil,
          told: ["genres": .categories(["opera", "drama", ""]), "year": .number(2020)]),
        DescribedItem(item: nil, told: ["year": .number(2020)]),
      ])
    expectClose(Array(placed[0]), Array(items[4]))
    expectClose(Array(placed[1]), Array(items[5]))
    #expect(Array(placed[2]) != Array(placed[1]))
  }

  @Test(arguments: retrievers)
  func `other features move an item that keeps its id`(settings: RetrieverSettings) throws {
    let model = try frozen(settings)
    let moved = vectors(
      model, [DescribedItem(item: ItemIndex(0), told: ["genres": .categories(["war"])])])
    let items = model.itemVectors()
    #expect(Array(moved[0]) != Array(items[0]) && Array(moved[0]) != Array(items[3]))
  }

  @Test func `with a prior a new item counts as often as the rarest one`() throws {
    let settings = Self.retrievers[0]
    let prior = ServingPrior(counts: [3, 2, 1, 4, 0, 0], temperature: 0.5)
    let model = try frozen(settings, prior: prior)
    let placed = vectors(
      model,
      [
        DescribedItem(item: nil, told: ["genres": .categories(["drama"])]),
        DescribedItem(item: ItemIndex(3), told: ["genres": .categories(["drama"])]),
      ])
    #expect(placed.columns == model.dimension)
    #expect(placed[0].last == prior.coordinates[5] && placed[1].last == prior.coordinates[3])
  }

  @Test func `models that see no features place nothing by them`() throws {
    var blind = TwoTowerSettings()
    blind.features = .off
    #expect(try !frozen(RetrieverSettings(blind)).placesByFeatures)
    #expect(try !frozen(RetrieverSettings(GRU4RecSettings())).placesByFeatures)
    let bare = Catalogue(users: FeatureTable(count: 3), items: FeatureTable(count: 6))
    let settings = Self.retrievers[0]
    let parameters = Parameters(seed: 3)
    _ = try parameters.build { try settings.network(for: bare, in: $0) }
    #expect(
      try !FrozenRetriever(settings, for: bare, stored: parameters.stored()).placesByFeatures)
  }
}
