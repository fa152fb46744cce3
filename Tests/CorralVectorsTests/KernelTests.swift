import CKernels
import CorralVectors
import Testing

/// Every level that this processor runs, against the plain one.
struct KernelTests {
  static let levels = [CK_PLAIN, CK_NEON, CK_AVX2, CK_AVX512].filter(ck_supports)
  static let lengths = [0, 1, 3, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100, 128, 257]

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

  @Test(arguments: levels, lengths)
  func `dot and axpy equal the plain ones`(level: ck_level, length: Int) {
    let (a, b) = (Self.normal(length), Self.normal(length, seed: 2))
    let dot = ck_dot_at(level, a, b, Int64(length))
    #expect(Self.agree([dot], [zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }], terms: length))
    var y = b
    ck_axpy_at(level, 0.5, a, &y, Int64(length))
    #expect(Self.agree(y, zip(a, b).map { 0.5 * $0 + $1 }, terms: 1))
  }

  @Test(arguments: levels, lengths)
  func `products of rows equal the plain ones`(level: ck_level, dimension: Int) {
    let matrix = Self.normal(20 * dimension)
    let positions: [Int32] = [19, 0, 3, 3, 7, 11, 2]
    let x = Self.normal(dimension, seed: 3)
    let factors = Self.normal(20, seed: 4)
    for gathered in [true, false] {
      let order = gathered ? positions.map(Int.init) : Array(0..<20)
      let rowsOf = order.map { Array(matrix[$0 * dimension..<($0 + 1) * dimension]) }
      var products = [Float](repeating: .nan, count: order.count)
      var sum = x
      matrix.withUnsafeBufferPointer { matrix in
        positions.withUnsafeBufferPointer { positions in
          guard let start = matrix.baseAddress ?? UnsafePointer(bitPattern: 4) else { return }
          var rows = ck_rows(
            matrix: start, dimension: Int64(dimension),
            positions: gathered ? positions.baseAddress : nil, count: Int64(order.count))
          ck_dot_rows_at(level, &rows, x, &products)
          ck_add_rows_at(level, &rows, factors, &sum)
        }
      }
      let plainProducts = rowsOf.map { zip($0, x).reduce(0) { $0 + $1.0 * $1.1 } }
      #expect(Self.agree(products, plainProducts, terms: dimension))
      let plainSum = (0..<dimension).map { k in
        rowsOf.indices.reduce(x[k]) { $0 + factors[$1] * rowsOf[$1][k] }
      }
      #expect(Self.agree(sum, plainSum, terms: order.count))
    }
  }

  @Test(arguments: levels, lengths.dropFirst())
  func `sums of outer products equal the definition`(level: ck_level, dimension: Int) {
    // Enough rows for several blocks at any dimension.
    let count = 20_000 / dimension + 3
    let values = Self.normal(count * dimension)
    let factors = Self.normal(count, seed: 5)
    for weighted in [true, false] {
      var matrix = [Float](repeating: 0, count: dimension * dimension)
      for k in 0..<dimension { matrix[k * dimension + k] = 2 }
      values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        var rows = ck_rows(
          matrix: start, dimension: Int64(dimension), positions: nil, count: Int64(count))
        if weighted {
          ck_add_outer_at(level, &rows, factors, &matrix)
        } else {
          ck_add_outer_at(level, &rows, nil, &matrix)
        }
      }
      for (row, column) in [(0, 0), (dimension - 1, 0), (0, dimension - 1), (dimension / 2, 1)]
      where column < dimension {
        let sum = (0..<count).reduce(row == column ? 2.0 : 0.0) { sum, i in
          let factor = weighted ? Double(factors[i]) : 1
          return sum
            + factor * Double(values[i * dimension + row] * values[i * dimension + column])
        }
        let found = Double(matrix[row * dimension + column])
        #expect(abs(found - sum) < 1e-3 * (1 + abs(sum)))
        #expect(found == Double(matrix[column * dimension + row]))
      }
    }
  }

  @Test(arguments: levels, lengths.dropFirst())
  func `a positive definite system is solved`(level: ck_level, dimension: Int) {
    // A = I + X^T X / n, and b = A x for a known x.
    let x = Self.normal(dimension, seed: 7)
    let values = Self.normal(2 * dimension * dimension)
    var matrix = [Float](repeating: 0, count: dimension * dimension)
    for k in 0..<dimension { matrix[k * dimension + k] = Float(dimension) }
    values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      var rows = ck_rows(
        matrix: start, dimension: Int64(dimension), positions: nil, count: Int64(2 * dimension))
      ck_add_outer(&rows, nil, &matrix)
    }
    var b = (0..<dimension).map { row in
      (0..<dimension).reduce(Float(0)) { $0 + matrix[row * dimension + $1] * x[$1] }
    }
    #expect(ck_solve_at(level, &matrix, &b, Int64(dimension)))
    #expect(zip(b, x).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test(arguments: levels)
  func `a system that is not positive definite is refused`(level: ck_level) {
    var matrix: [Float] = [1, 2, 2, 1]
    var b: [Float] = [1, 1]
    #expect(!ck_solve_at(level, &matrix, &b, 2))
    matrix = [.nan, 0, 0, 1]
    #expect(!ck_solve_at(level, &matrix, &b, 2))
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
          #expect(ck_find_at(level, &search, &keys, &counts))
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
