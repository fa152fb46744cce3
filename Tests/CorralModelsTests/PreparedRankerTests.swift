import CorralData
import CorralModels
import CorralTesting
import CorralVectors
import Testing
import Torch

/// A ranker that has computed what depends on items alone, against the network itself.
@Suite struct `prepared rankers` {
  private static let context = ContextTable(
    count: 3,
    columns: [
      ContextColumn(
        name: "tab", values: .categories([0, 1, -1], vocabulary: Vocabulary(["home", "search"]))),
      ContextColumn(name: "hour", values: .numbers([3, .nan, 21])),
    ])

  private static let queries = QueryBatch(
    users: [UserIndex(0), nil, UserIndex(3)],
    histories: Ragged([[1, 2], [6], []].map { $0.map { ItemIndex($0) } }), context: context)

  /// Every ranker of the table, and the shapes of those that split.
  private static let all: [RankerSettings] = {
    var fields = DeepFMSettings()
    (fields.dimension, fields.hidden) = (8, [24, 10])
    (fields.history, fields.firstOrder) = (3, .on)
    var plain = DeepFMSettings()
    (plain.dimension, plain.hidden, plain.features) = (5, [], .off)
    var crosses = DCNSettings()
    (crosses.dimension, crosses.crosses, crosses.hidden, crosses.history) = (6, 2, [33], 2)
    var whole = DCNv2Settings()
    (whole.dimension, whole.crosses, whole.hidden, whole.history) = (6, 3, [20, 20], 2)
    var ranked = whole
    ranked.rank = 7
    var single = whole
    (single.crosses, single.rank) = (1, 3)
    return RankerSettings.all + [
      RankerSettings(fields), RankerSettings(plain), RankerSettings(crosses),
      RankerSettings(whole), RankerSettings(ranked), RankerSettings(single),
    ]
  }()

  private func frozen(
    _ settings: RankerSettings, heads: [HeadSettings] = [], score: ServedScore = .main
  ) throws -> FrozenRanker {
    let catalogue = Catalogue(
      users: GoldenNetwork.catalogue.users, items: GoldenNetwork.catalogue.items,
      context: Self.context)
    let parameters = Parameters(seed: 5)
    _ = try parameters.build {
      try settings.network(tasks: 1 + heads.count, for: catalogue, in: $0)
    }
    // Parameters that start at zero, or near it, would hide what is made of them.
    for parameter in parameters.all where !parameter.name.contains("deviation") {
      let numbers = normalNumbers(rows: 1, columns: parameter.tensor.count, seed: 7).values
      let isPositive = parameter.name.contains("variance")
      parameter.tensor.write(numbers.map { isPositive ? 1 + $0 * $0 : 0.2 * $0 })
    }
    return try FrozenRanker(
      settings, heads: heads, score: score, for: catalogue, stored: parameters.stored())
  }

  @Test(arguments: all)
  func `score as the network does, many requests and one`(settings: RankerSettings) throws {
    let frozen = try frozen(settings)
    let prepared = PreparedRanker(frozen)
    // Lists of several lengths; one is longer than what is computed at once.
    let lists = [(0..<500).map { $0 * 3 % 7 }, [], [5, 0, 6, 2]].map { $0.map { ItemIndex($0) } }
    let expected = frozen.ownScores(Ragged(lists), for: Self.queries)
    #expect(Set(expected).count > 8)
    let found = prepared.ownScores(Ragged(lists), for: Self.queries)
    expectClose(found, expected, tolerance: 2e-5)
    for (row, start) in [(0, 0), (2, 500)] {
      let query = QueryBatch(
        users: [Self.queries.users[row]], histories: Ragged([Array(Self.queries.histories[row])]),
        context: Self.context.gathered([row]))
      let alone = prepared.ownScores(Ragged([lists[row]]), for: query)
      expectClose(alone, Array(found[start..<start + alone.count]), tolerance: 2e-5)
    }
  }

  @Test(arguments: all)
  func `add the heads as the network does`(settings: RankerSettings) throws {
    let heads = [try HeadSettings("watch:squared:0.5"), try HeadSettings("like")]
    for score in ServedScore.allCases {
      let frozen = try frozen(settings, heads: heads, score: score)
      let lists = Ragged([[5, 0, 3], [1], [2, 6]].map { $0.map { ItemIndex($0) } })
      expectClose(
        PreparedRanker(frozen).ownScores(lists, for: Self.queries),
        frozen.ownScores(lists, for: Self.queries), tolerance: 2e-5)
    }
  }

  @Test(arguments: all)
  func `say how much memory the halves of items take`(settings: RankerSettings) throws {
    let bytes = PreparedRanker(try frozen(settings)).byteCount
    let splits = !(settings.model is DINSettings || settings.model is BSTSettings)
    #expect(splits ? bytes > 4 * 7 : bytes == 0)
  }

  @Test func `many requests share the threads and keep their order`() throws {
    let frozen = try frozen(RankerSettings(DeepFMSettings()))
    let users = (0..<100).map { UserIndex($0 % 5) }
    let queries = QueryBatch(
      users: users, histories: Ragged(users.map { _ in [ItemIndex]() }))
    let lists = Ragged((0..<100).map { [ItemIndex($0 % 7), ItemIndex($0 % 3)] })
    expectClose(
      PreparedRanker(frozen).ownScores(lists, for: queries),
      frozen.ownScores(lists, for: queries), tolerance: 2e-5)
  }
}
