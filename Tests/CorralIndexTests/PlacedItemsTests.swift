import CorralData
import CorralIndex
import CorralVectors
import Testing

@Suite struct `an index over items that a model cannot place` {
  private func matrix(_ rows: Int, seed: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    return Matrix(
      rows: rows, columns: 6, values: (0..<rows * 6).map { _ in Float(generator.normal()) })
  }

  @Test(arguments: IndexSettings.Kind.allCases, [1, 3])
  func `finds them after all others`(kind: IndexSettings.Kind, interests: Int) throws {
    var items = matrix(60, seed: 3)
    let flags = (0..<60).map { $0 % 4 != 0 }
    // What was never trained is the zero vector, which a search by itself puts in the middle.
    for item in 0..<60 where !flags[item] {
      for column in 0..<6 { items[item, column] = 0 }
    }
    var settings = IndexSettings()
    settings.kind = kind
    settings.clusters = 4
    let index = try BuiltIndex(items, settings: settings)
    let query = matrix(interests, seed: 7)
    let placed = PlacedItems(flags)
    let found = index.search(anyOf: query, count: 60, placed: placed) { $0.position != 8 }
    #expect(found.count == 59)
    let (known, unknown) = (found.prefix(45), found.dropFirst(45))
    #expect(known.allSatisfy { flags[$0.item.position] && $0.score.isFinite })
    #expect(unknown.map(\.item.position) == (0..<60).filter { $0 % 4 == 0 && $0 != 8 })
    #expect(unknown.allSatisfy { $0.score == -.infinity })
    let few = index.search(anyOf: query, count: 45, placed: placed) { _ in true }
    #expect(few.allSatisfy { flags[$0.item.position] })
  }

  @Test(arguments: IndexSettings.Kind.allCases)
  func `is checked by what the model can place`(kind: IndexSettings.Kind) throws {
    let items = matrix(40, seed: 4)
    var settings = IndexSettings()
    settings.kind = kind
    settings.clusters = 2
    let index = try BuiltIndex(items, settings: settings)
    let placed = PlacedItems((0..<40).map { $0 < 30 })
    let check = IndexCheck(
      index, items: items, queries: matrix(8, seed: 1), count: 10, placed: placed)
    // Catalogues this small are searched whole by every kind.
    #expect(check.recall == 1)
  }
}
