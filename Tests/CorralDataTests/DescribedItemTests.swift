import CorralData
import Testing

@Suite struct `items as they are told` {
  private let table = FeatureTable(
    count: 3,
    columns: [
      FeatureColumn(
        name: "genre",
        values: .categories(
          Ragged([[0, 1], [], [1]]), vocabulary: Vocabulary(["drama", "noir", "7", "2.5"]))),
      FeatureColumn(name: "year", values: .numbers([1990, 2010, .nan])),
    ])

  private func row(_ described: DescribedItem) -> (genres: [Int32], year: Float) {
    let columns = table.described([described]).columns
    guard case .categories(let rows, _) = columns[0].values,
      case .numbers(let numbers) = columns[1].values
    else { return ([], .nan) }
    return (Array(rows[0]), numbers[0])
  }

  @Test func `what is told is read as the columns of the table are`() {
    let (row, unknown) = FeatureRow.fitting(
      table,
      told: [
        "genre": .number(7), "year": .number(1999.5), "colour": .categories(["red"]),
        "size": .number(1),
      ])
    #expect(row == ["genre": .categories(["7"]), "year": .number(1999.5)])
    #expect(unknown == ["colour", "size"])
    let other = FeatureRow.fitting(
      table, told: ["genre": .number(2.5), "year": .categories(["1999"])])
    #expect(other.row == ["genre": .categories(["2.5"])] && other.unknown == ["year"])
  }

  @Test func `categories are those of the column that holds them, unless it is told itself`() {
    #expect(
      FeatureRow.fitting(table, told: [:], categories: ["noir"]).row
        == ["genre": .categories(["noir"])])
    #expect(
      FeatureRow.fitting(
        table, told: ["genre": .categories(["drama"])], categories: ["noir"]
      ).row == ["genre": .categories(["drama"])])
  }

  @Test func `numbers beyond what can be held end nothing`() throws {
    let huge = FeatureRow.fitting(
      table, told: ["genre": .number(1e300), "year": .number(-1e300)]
    ).row
    #expect(huge["genre"] == .categories(["1e+300"]))
    guard case .number(let year) = try #require(huge["year"]) else { return }
    #expect(year.isNaN)
    let none = FeatureRow.fitting(table, told: ["genre": .number(.nan)]).row
    #expect(none["genre"] == .categories(["nan"]))
  }

  @Test func `a description stands over what the table has, and unknown words are none`() {
    let item = DescribedItem(item: ItemIndex(0), told: ["year": .number(5)])
    #expect(row(item) == ([0, 1], 5))
    #expect(
      row(DescribedItem(item: ItemIndex(0), told: ["genre": .categories(["opera", "noir"])]))
        == ([1], 1990))
    #expect(row(DescribedItem(item: nil, told: ["genre": .categories(["drama"])])).genres == [0])
    #expect(row(DescribedItem(item: nil, told: [:])).year.isNaN)
    let known = table.described([
      DescribedItem(item: nil, told: ["genre": .categories(["opera"])]),
      DescribedItem(item: nil, told: ["year": .number(1)]),
      DescribedItem(item: ItemIndex(1), told: [:]),
      DescribedItem(item: nil, told: [:]),
    ])
    #expect((0..<4).map(known.isKnown) == [false, true, true, false])
  }

  @Test func `rows say the same whatever the order of their categories`() {
    let told = table.described([
      DescribedItem(
        item: nil, told: ["genre": .categories(["noir", "drama"]), "year": .number(1990)]),
      DescribedItem(item: nil, told: ["genre": .categories(["noir"])]),
      DescribedItem(item: ItemIndex(1), told: ["year": .number(2011)]),
    ])
    #expect(told.row(0, equals: 0, of: table) && told.row(1, equals: 2, of: table))
    #expect(!told.row(0, equals: 2, of: table) && !told.row(2, equals: 1, of: table))
  }
}
