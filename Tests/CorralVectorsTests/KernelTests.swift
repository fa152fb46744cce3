import CKernels
import CorralVectors
import Testing

/// Every level that this processor runs, against the plain one.
struct KernelTests {
  static let levels = [CK_PLAIN, CK_NEON, CK_AVX2, CK_AVX512].filter(ck_supports)

  static func normal(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var generator = SeededGenerator(seed: seed, stream: UInt64(count))
    return (0..<count).map { _ in Float(generator.normal()) }
  }

  /// Whether two vectors are equal up to the rounding of sums of `terms` products.
  static func agree(_ a: [Float], _ b: [Float], terms: Int) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-6 * Float(terms + 8) * (1 + abs($0)) }
  }

  @Test func `the best level is one that the processor runs`() {
    #expect(Self.levels.contains(ck_active_level()))
    #expect(ck_supports(CK_PLAIN))
    #if arch(arm64)
      #expect(ck_active_level() == CK_NEON)
    #endif
  }

  @Test(arguments: levels, [1, 15, 16, 24, 33, 64, 100, 128, 192, 256])
  func `distances equal minus the inner products, whatever else is asked for`(
    level: ck_level, dimension: Int
  ) {
    let vector = Self.normal(dimension, seed: 4)
    let others = (0..<11).map { Self.normal(dimension, seed: 5 + $0) }
    let kernel = ck_negative_dots(level)
    func distances(_ others: ArraySlice<[Float]>) -> [Float] {
      var found = [Float](repeating: 0, count: others.count + 1)
      Array(others.joined()).withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        let rows = others.indices.map { start + ($0 - others.startIndex) * dimension }
        kernel(vector, rows, Int64(rows.count), Int64(dimension), &found)
      }
      #expect(found.last == 0)
      return Array(found.dropLast())
    }
    let expected = others.map { -zip(vector, $0).reduce(0) { $0 + $1.0 * $1.1 } }
    let all = distances(others[...])
    #expect(Self.agree(all, expected, terms: dimension))
    for count in 1...10 {
      #expect(distances(others.prefix(count)) == Array(all.prefix(count)))
      #expect(distances(others.suffix(count)) == Array(all.suffix(count)))
    }
  }

  @Test(arguments: levels, [1, 5, 24, 33, 64])
  func `a search at every level equals a sort`(level: ck_level, dimension: Int) {
    // Whole numbers: no rounding, many ties.
    var generator = SeededGenerator(seed: 3, stream: UInt64(dimension))
    func whole(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float(generator.next(below: 5)) - 2 }
    }
    let (itemCount, wanted) = (401, 12)
    let items = whole(itemCount * dimension)
    for queryCount in [1, 6, 7, 20, 32, 45, 64] {
      let queries = whole(queryCount * dimension)
      var keys = [UInt64](repeating: 0, count: queryCount * wanted)
      var counts = [Int32](repeating: 0, count: queryCount)
      items.withUnsafeBufferPointer { items in
        queries.withUnsafeBufferPointer { queries in
          guard let first = items.baseAddress, let query = queries.baseAddress else { return }
          var search = ck_search(
            items: first, item_count: Int64(itemCount), dimension: Int64(dimension),
            first_item: 1000,
            longest_item: ck_longest(first, Int64(itemCount), Int64(dimension)),
            queries: query, query_count: Int64(queryCount), wanted: Int64(wanted),
            excluded: nil, excluded_offsets: nil, filter: nil, context: nil)
          #expect(ck_find(level, &search, &keys, &counts))
        }
      }
      for query in 0..<queryCount {
        let scores = (0..<itemCount).map { item in
          (0..<dimension).reduce(Float(0)) {
            $0 + items[item * dimension + $1] * queries[query * dimension + $1]
          }
        }
        let found = keys[query * wanted..<query * wanted + Int(counts[query])]
          .map { ScoredIndex(index: Int(ck_key_item($0)) - 1000, score: ck_key_score($0)) }
        #expect(found == TopK.select(wanted, from: scores))
      }
    }
  }

  @Test func `keys of C and Swift are the same`() {
    for score in [0, -0.0, 1, -1, .infinity, .leastNonzeroMagnitude, -.greatestFiniteMagnitude]
      as [Float]
    {
      for index in [0, 1, 77, 1 << 31] {
        #expect(ck_key(score, Int64(index)) == TopK.key(score, index))
        #expect(ck_key_score(TopK.key(score, index)) == score)
        #expect(ck_key_item(TopK.key(score, index)) == Int64(index))
      }
    }
  }

  @Test(arguments: [0, 1, 2, 16, 17, 1000])
  func `keys are sorted`(count: Int) {
    var generator = SeededGenerator(seed: 6)
    var keys = (0..<count).map { _ in generator.next() % 300 }
    let sorted = keys.sorted(by: >)
    ck_sort_keys(&keys, Int64(count))
    #expect(keys == sorted)
  }

  @Test func `the longest vector is not underestimated`() {
    let values = Self.normal(50 * 33)
    let lengths = (0..<50).map { row in
      values[row * 33..<(row + 1) * 33].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    let longest = Double(ck_longest(values, 50, 33))
    #expect(longest >= lengths.max() ?? 0)
    #expect(longest < 1.0001 * (lengths.max() ?? 0))
    #expect(ck_longest([1, .nan], 1, 2) == .infinity)
    #expect(ck_longest([1, .infinity], 1, 2) == .infinity)
    #expect(ck_longest([1e30], 1, 1) == .infinity)
  }
}
