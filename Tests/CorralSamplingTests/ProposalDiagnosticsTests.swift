import CorralData
import CorralIndex
import CorralSampling
import CorralTesting
import CorralVectors
import Foundation
import Testing

struct ProposalDiagnosticsTests {
  static let items = normalNumbers(rows: 300, columns: 6)
  static let context = SamplingContext(
    queries: normalNumbers(rows: 8, columns: 6, seed: 2),
    targets: (0..<8).map { ItemIndex($0 * 31) })

  static func diagnostics(
    of proposal: some NegativeSampler, count: Int = 30, temperature: Float = 1,
    positives: Ragged<ItemIndex>? = nil, exactLimit: Int = 1000
  ) -> (ProposalDiagnostics, Negatives) {
    var rng = SeededGenerator(seed: 3)
    let negatives = proposal.draw(count, for: context, using: &rng)
    let found = ProposalDiagnostics(
      of: proposal, negatives: negatives, for: context, items: items, temperature: temperature,
      positives: positives, exactLimit: exactLimit)
    return (found, negatives)
  }

  /// log Q of every item for one row.
  static func target(_ row: Int, temperature: Float) -> [Double] {
    MultiIndexSamplerTests.logSoftmax(
      MultiIndexSamplerTests.scores(
        context.queries[row], temperature: temperature, of: { Array(items[$0]) }, count: 300))
  }

  @Test func `figures are those of brute force`() throws {
    let index = try MultiIndexSamplerTests.index(Self.items)
    let sampler = MultiIndexSampler(index, temperature: 0.7)
    let (found, negatives) = Self.diagnostics(of: sampler, temperature: 0.7)
    #expect(found.queries == 8 && found.count == 30 && found.method == .exact)
    #expect(found.residual == index.residual)
    var (size, divergence) = (0.0, 0.0)
    for row in 0..<8 {
      let target = Self.target(row, temperature: 0.7)
      let weights = (row * 30..<(row + 1) * 30).map {
        exp(target[negatives.items[$0].position] - Double(negatives.logProbabilities[$0]))
      }
      let (sum, squares) = (weights.reduce(0, +), weights.reduce(0) { $0 + $1 * $1 })
      size += sum * sum / squares / 8
      let row = SamplingContext(queries: Self.context.queries.gathered([row]))
      let near = sampler.logProbabilities(of: (0..<300).map { ItemIndex($0) }, for: row)
      divergence += zip(target, near).reduce(0) { $0 + exp($1.0) * ($1.0 - Double($1.1)) } / 8
    }
    #expect(abs(found.effectiveSampleSize - size) < 1e-3)
    #expect(abs((found.divergence ?? 0) - divergence) < 1e-4)
    #expect(divergence > 0.01 && size < 30)
  }

  @Test func `the softmax itself is worth all its draws`() {
    let (found, _) = Self.diagnostics(of: SoftmaxSampler(items: Self.items))
    #expect(abs(found.effectiveSampleSize - 30) < 1e-3)
    #expect(abs(found.divergence ?? 1) < 1e-5)
    #expect(found.residual == nil)
    let (uniform, _) = Self.diagnostics(of: UniformSampler(itemCount: 300))
    #expect(uniform.effectiveSampleSize < 25 && (uniform.divergence ?? 0) > 0.3)
    // Top-rand never draws what the softmax can.
    let (top, _) = Self.diagnostics(of: TopSampler(items: Self.items, pool: 20))
    #expect(top.divergence == nil)
  }

  @Test func `an estimated divergence is close to the exact one`() throws {
    let sampler = MultiIndexSampler(try MultiIndexSamplerTests.index(Self.items))
    let (exact, _) = Self.diagnostics(of: sampler)
    let (estimate, _) = Self.diagnostics(of: sampler, exactLimit: 299)
    #expect(exact.method == .exact && estimate.method == .sampled)
    let (left, right) = (exact.divergence ?? 0, estimate.divergence ?? 0)
    #expect(abs(left - right) < 0.1 * left)
  }

  @Test func `false negatives are the target and the known positives`() {
    let positives = Ragged((0..<8).map { row in (0..<row * 20).map { ItemIndex($0) } })
    let uniform = UniformSampler(itemCount: 300)
    let (found, negatives) = Self.diagnostics(of: uniform, positives: positives)
    var wrong = 0
    for (position, item) in negatives.items.enumerated() {
      let row = position / 30
      if item.position < row * 20 || item == Self.context.targets[row] { wrong += 1 }
    }
    #expect(wrong > 20 && found.falseNegatives == Double(wrong) / 240)
    let (alone, drawn) = Self.diagnostics(of: uniform)
    let hits = drawn.items.indices.count { drawn.items[$0] == Self.context.targets[$0 / 30] }
    #expect(alone.falseNegatives == Double(hits) / 240)
  }

  @Test func `it is written and read`() throws {
    let index = try MultiIndexSamplerTests.index(Self.items)
    let (found, _) = Self.diagnostics(of: MultiIndexSampler(index))
    let read = try JSONDecoder().decode(
      ProposalDiagnostics.self, from: JSONEncoder().encode(found))
    #expect(read == found)
  }
}
