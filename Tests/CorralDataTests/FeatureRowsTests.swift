import CorralData
import Testing

@Suite struct `growing tables of features` {
  private let table = FeatureTable(
    count: 3,
    columns: [
      FeatureColumn(
        name: "genre",
        values: .categories(
          Ragged([[0, 1], [], [1]]), vocabulary: Vocabulary(["drama", "noir"]))),
      FeatureColumn(name: "year", values: .numbers([1990, 2010, .nan])),
    ])

  private func categories(_ table: FeatureTable) -> (rows: [[Int32]], words: [String]) {
    guard case .categories(let rows, let vocabulary) = table["genre"]?.values else {
      return ([], [])
    }
    return ((0..<rows.count).map { Array(rows[$0]) }, vocabulary.ids)
  }

  private func numbers(_ table: FeatureTable) -> [Float] {
    guard case .numbers(let numbers) = table["year"]?.values else { return [] }
    return numbers
  }

  @Test func `rows follow those that are there, with new categories after the known ones`() throws {
    var grown = table
    let rows = try FeatureRows(
      [
        ["genre": .categories(["war", "noir", ""]), "year": .number(3000)], [:],
        ["genre": .categories(["opera", "war"])],
      ], for: grown, called: "new item")
    #expect(rows.count == 3)
    #expect(rows.categoryCount(of: 0, in: grown) == 4)
    #expect(rows.categoryCount(of: 1, in: grown) == nil)
    grown.append(rows)
    #expect(grown.count == 6)
    #expect(categories(grown).rows == [[0, 1], [], [1], [2, 1], [], [3, 2]])
    #expect(categories(grown).words == ["drama", "noir", "war", "opera"])
    #expect(numbers(grown).map { $0.isNaN ? -1 : $0 } == [1990, 2010, -1, 3000, -1, -1])
    // The next rows know the categories of those before.
    grown.append(
      try FeatureRows([["genre": .categories(["opera"])]], for: grown, called: "new item"))
    #expect(categories(grown).rows.last == [3] && categories(grown).words.count == 4)
    #expect(table.count == 3 && categories(table).words.count == 2)
  }

  @Test func `the first growth sets how numbers are standardised, and no later one moves it`()
    throws
  {
    var grown = table
    #expect(grown["year"]?.standardisation == nil)
    for year in [Float(1e6), -5] {
      grown.append(
        try FeatureRows([["year": .number(year)]], for: grown, called: "new item"))
      #expect(grown["year"]?.standardisation == Standardisation(mean: 2000, deviation: 10))
    }
    #expect(grown["genre"]?.standardisation == nil)
    let known = Standardisation(mean: 3, deviation: 2)
    var told = FeatureTable(
      count: 1, columns: [FeatureColumn(name: "x", values: .numbers([9]), standardisation: known)])
    told.append(try FeatureRows([[:]], for: told, called: "new user"))
    #expect(told["x"]?.standardisation == known)
  }

  @Test func `numbers are standardised, equal and unknown ones too`() {
    let standard = Standardisation(of: [1, 3, .nan, .infinity])
    #expect(standard == Standardisation(mean: 2, deviation: 1))
    #expect([1, 3, 7, .nan, .infinity].map { standard($0) } == [-1, 1, 5, 0, 0])
    #expect(Standardisation(of: [4, 4]) == Standardisation(mean: 4, deviation: 1))
    #expect(Standardisation(of: []) == Standardisation(mean: 0, deviation: 1))
  }

  @Test func `a feature that does not fit is an error that names the row and the way out`() {
    func text(_ row: FeatureRow) -> String {
      do {
        _ = try FeatureRows([[:], row], for: table, called: "new item")
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      text(["colour": .number(1)])
        == "new item 1 has a feature 'colour', and the model knows 'genre' and 'year': "
        + "leave it out, or train a model with it")
    #expect(
      text(["genre": .number(1)])
        == "new item 1: 'genre' is a number, and the model knows its categories: give texts")
    #expect(
      text(["year": .categories(["2001"])])
        == "new item 1: 'year' is made of texts, and the model knows its numbers: give a number")
  }

  @Test func `ten thousand rows, one at a time, are copied a few times in all`() throws {
    var grown = table
    func places() -> [Int] {
      grown.columns.flatMap { column in
        switch column.values {
        case .numbers(let numbers): [place(of: numbers)]
        case .categories(let rows, let vocabulary):
          [place(of: rows.offsets), place(of: rows.values), place(of: vocabulary.texts.offsets)]
        }
      }
    }
    func place(of array: [some Any]) -> Int {
      array.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
    }
    var copies = [0, 0, 0, 0]
    var before = places()
    for number in 0..<10_000 {
      grown.append(
        try FeatureRows(
          [["genre": .categories(["g\(number / 10)"]), "year": .number(Float(number))]],
          for: grown, called: "new item"))
      let after = places()
      for column in 0..<4 where after[column] != before[column] { copies[column] += 1 }
      before = after
    }
    #expect(copies.allSatisfy { $0 <= 20 }, "\(copies)")
    #expect(categories(grown).words.count == 1002 && numbers(grown).last == 9999)
  }

  @Test func `rows that were made for a shorter table stop the program`() async {
    await #expect(processExitsWith: .failure) {
      var table = FeatureTable(count: 1, columns: [])
      let rows = try FeatureRows([[:]], for: table, called: "new user")
      table.append(rows)
      table.append(rows)
    }
  }
}
