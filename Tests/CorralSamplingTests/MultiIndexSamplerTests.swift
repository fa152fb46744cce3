import CorralData
import CorralIndex
import CorralSampling
import CorralTesting
import CorralVectors
import Foundation
import Testing

struct MultiIndexSamplerTests {
  static func index(
    _ items: Matrix, clusters: Int = 6, iterations: Int = 30,
    startingFrom previous: InvertedMultiIndex? = nil
  ) throws -> InvertedMultiIndex {
    var settings = MultiIndexSettings()
    settings.clusters = clusters
    settings.iterations = iterations
    return try InvertedMultiIndex(items, settings: settings, startingFrom: previous)
  }

  /// Every item of a catalogue, and a context of one query.
  static func everything(_ count: Int) -> [ItemIndex] { (0..<count).map { ItemIndex($0) } }

  static func context(_ queries: Matrix) -> SamplingContext { SamplingContext(queries: queries) }

  /// The centres of an item's bucket, side by side.
  static func centre(of item: Int, in index: InvertedMultiIndex) -> [Float] {
    Array(index.first.centres[Int(index.first.clusters[item])])
      + index.second.centres[Int(index.second.clusters[item])]
  }

  /// The logarithm of the softmax of scores, by its definition.
  static func logSoftmax(_ scores: [Double]) -> [Double] {
    let most = scores.max() ?? 0
    let total = log(scores.reduce(0) { $0 + exp($1 - most) })
    return scores.map { $0 - most - total }
  }

  static func scores(
    _ query: ArraySlice<Float>, temperature: Float = 1, of vector: (Int) -> [Float], count: Int
  ) -> [Double] {
    (0..<count).map { item in
      zip(query, vector(item)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        / Double(temperature)
    }
  }

  @Test(arguments: [1, 0.5, 3] as [Float], [1, 6, 16])
  func `stated probabilities are the softmax of the centres' scores`(
    temperature: Float, clusters: Int
  ) throws {
    let items = normalNumbers(rows: 300, columns: 9)
    let queries = normalNumbers(rows: 4, columns: 9, seed: 2)
    let index = try Self.index(items, clusters: clusters)
    let sampler = MultiIndexSampler(index, temperature: temperature)
    for row in 0..<4 {
      let context = Self.context(queries.gathered([row]))
      let stated = sampler.logProbabilities(of: Self.everything(300), for: context)
      let weights = sampler.logWeights(of: Self.everything(300), for: context)
      let normalizer = sampler.logNormalizers(for: context)[0]
      let scores = Self.scores(
        queries[row], temperature: temperature, of: { Self.centre(of: $0, in: index) }, count: 300)
      for (item, expected) in Self.logSoftmax(scores).enumerated() {
        #expect(abs(Double(stated[item]) - expected) < 1e-5)
        #expect(abs(Double(weights[item]) - scores[item]) < 1e-5)
        #expect(abs(weights[item] - normalizer - stated[item]) < 1e-5)
      }
      #expect(abs(stated.reduce(0) { $0 + exp(Double($1)) } - 1) < 1e-5)
    }
  }

  @Test(arguments: [4, 12, 30])
  func `draws are as stated, with empty buckets and after a refresh`(clusters: Int) throws {
    let items = normalNumbers(rows: 200, columns: 6)
    let index = try Self.index(items, clusters: clusters, iterations: 3)
    let empty = (0..<clusters * clusters).count { index.buckets.members[$0].isEmpty }
    #expect(clusters == 4 || empty > 0)
    let context = Self.context(normalNumbers(rows: 1, columns: 6, seed: 3))
    expectSamplerContract(MultiIndexSampler(index), items: 200, context: context)
    let moved = normalNumbers(rows: 200, columns: 6, seed: 4)
    let refreshed = try Self.index(moved, clusters: clusters, startingFrom: index)
    expectSamplerContract(
      MultiIndexSampler(refreshed, temperature: 0.7), items: 200, context: context)
  }

  @Test func `with as many clusters as half-vectors it is the softmax itself`() throws {
    let halves = normalNumbers(rows: 5, columns: 4)
    var items = Matrix(rows: 80, columns: 8)
    for item in 0..<80 {
      for column in 0..<4 {
        items[item, column] = halves[item % 5, column]
        items[item, 4 + column] = halves[item * item % 5, column]
      }
    }
    let queries = Self.context(normalNumbers(rows: 6, columns: 8, seed: 2))
    let index = try Self.index(items, clusters: 7)
    #expect(index.residual.largest == 0)
    let every = (0..<6).flatMap { _ in Self.everything(80) }
    let near = MultiIndexSampler(index, temperature: 0.8).logProbabilities(of: every, for: queries)
    let exact = SoftmaxSampler(items: items, temperature: 0.8)
      .logProbabilities(of: every, for: queries)
    for (near, exact) in zip(near, exact) { #expect(abs(near - exact) < 1e-5) }
  }

  @Test func `the residual bounds how far it is from the softmax`() throws {
    let items = normalNumbers(rows: 400, columns: 8)
    let queries = normalNumbers(rows: 5, columns: 8, seed: 2)
    let index = try Self.index(items, clusters: 12)
    let every = (0..<5).flatMap { _ in Self.everything(400) }
    let near = MultiIndexSampler(index).logProbabilities(of: every, for: Self.context(queries))
    let exact = SoftmaxSampler(items: items)
      .logProbabilities(of: every, for: Self.context(queries))
    for row in 0..<5 {
      let length = queries[row].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let range = row * 400..<(row + 1) * 400
      let worst = range.map { abs(Double(exact[$0]) - Double(near[$0])) }.max() ?? 0
      #expect(worst <= 2 * length * index.residual.largest + 1e-4)
      #expect(worst > 0)
    }
  }

  @Test func `a high temperature is uniform, and a low one draws from the best bucket`() throws {
    let items = normalNumbers(rows: 300, columns: 8)
    let index = try Self.index(items, clusters: 20)
    let queries = normalNumbers(rows: 20, columns: 8, seed: 2)
    let context = Self.context(queries)
    let hot = MultiIndexSampler(index, temperature: 1e6)
      .logProbabilities(of: (0..<20).flatMap { _ in Self.everything(300) }, for: context)
    for log in hot { #expect(abs(Double(log) + Foundation.log(300)) < 1e-4) }
    var rng = SeededGenerator(seed: 1)
    for temperature: Float in [1e-2, 1e-4, 1e-8] {
      let cold = MultiIndexSampler(index, temperature: temperature)
      let negatives = cold.draw(50, for: context, using: &rng)
      #expect(negatives.logProbabilities.allSatisfy { $0.isFinite && $0 <= 0 })
      for row in 0..<20 {
        let scores = Self.scores(
          queries[row], of: { Self.centre(of: $0, in: index) }, count: 300)
        let best = scores.max() ?? 0
        for item in negatives.items[row * 50..<(row + 1) * 50] {
          #expect(scores[item.position] >= best - (temperature < 1e-3 ? 1e-3 : 0.3))
        }
      }
    }
  }

  @Test func `the best centres of both halves may share an empty bucket`() throws {
    // Four items at (+-a, +-a) without the corner (a, a): the best centre of each half is a.
    let items = Matrix(rows: 3, columns: 2, values: [1, -1, -1, 1, -1, -1])
    let index = try Self.index(items, clusters: 2)
    #expect(index.loss == 0)
    let context = Self.context(Matrix(rows: 1, columns: 2, values: [1, 1.5]))
    for temperature: Float in [1, 0.1, 0.01, 1e-5] {
      let sampler = MultiIndexSampler(index, temperature: temperature)
      let stated = sampler.logProbabilities(of: Self.everything(3), for: context)
      let scores = Self.scores(
        [1, 1.5], temperature: temperature, of: { Array(items[$0]) }, count: 3)
      for (stated, expected) in zip(stated, Self.logSoftmax(scores)) {
        #expect(abs(Double(stated) - expected) <= 1e-5 * max(1, abs(expected)))
      }
    }
    expectSamplerContract(
      MultiIndexSampler(index, temperature: 0.01), items: 3,
      context: Self.context(Matrix(rows: 1, columns: 2, values: [1, 1.001])), draws: 1_000_000)
  }

  @Test func `draws do not depend on threads, and each query has its own`() throws {
    let items = normalNumbers(rows: 5000, columns: 8)
    let queries = normalNumbers(rows: 300, columns: 8, seed: 2)
    let sampler = MultiIndexSampler(try Self.index(items, clusters: 16))
    let context = SamplingContext(queries: queries, targets: Self.everything(300))
    func drawn() -> Negatives {
      var rng = SeededGenerator(seed: 3)
      return sampler.draw(20, for: context, using: &rng)
    }
    let first = drawn()
    #expect(first.rows == 300 && first.items.count == 6000)
    // A row's draws are the same whatever rows are beside it.
    var rng = SeededGenerator(seed: 3)
    let some = sampler.draw(
      20, for: SamplingContext(queries: queries.gathered(0..<40)), using: &rng)
    #expect(some.items == Array(first.items[..<800]))
    #expect(drawn() == first)
    #expect(first.items[..<20] != first.items[20..<40])
    // One call of a sampler takes one number of the generator.
    var (left, right) = (SeededGenerator(seed: 3), SeededGenerator(seed: 3))
    _ = sampler.draw(2, for: context, using: &left)
    _ = sampler.draw(50, for: context, using: &right)
    #expect(left == right)
  }

  @Test func `queries of another dimension and impossible settings trap`() async throws {
    await #expect(processExitsWith: .failure) {
      let index = try InvertedMultiIndex(Matrix(rows: 3, columns: 4, repeating: 1))
      var rng = SeededGenerator(seed: 1)
      let context = SamplingContext(queries: Matrix(rows: 2, columns: 3))
      _ = MultiIndexSampler(index).draw(1, for: context, using: &rng)
    }
    await #expect(processExitsWith: .failure) {
      let index = try InvertedMultiIndex(Matrix(rows: 3, columns: 4, repeating: 1))
      _ = MultiIndexSampler(index, temperature: 0)
    }
  }
}
