import CorralData
import CorralIndex
import CorralSampling
import CorralTesting
import CorralVectors
import Foundation
import Testing

/// The other samplers that follow a retriever: the exact softmax, the best of each query, clusters.
struct RetrieverSamplerTests {
  static let query = SamplingContext(queries: normalNumbers(rows: 1, columns: 6, seed: 5))

  @Test(arguments: [1, 0.3] as [Float], [3, 1500])
  func `softmax draws are as stated, which is the softmax`(temperature: Float, count: Int) {
    let items = normalNumbers(rows: count, columns: 6)
    let sampler = SoftmaxSampler(items: items, temperature: temperature)
    expectSamplerContract(sampler, items: count, context: Self.query)
    let scores = MultiIndexSamplerTests.scores(
      Self.query.queries[0], temperature: temperature, of: { Array(items[$0]) }, count: count)
    let stated = sampler.logProbabilities(
      of: MultiIndexSamplerTests.everything(count), for: Self.query)
    for (stated, expected) in zip(stated, MultiIndexSamplerTests.logSoftmax(scores)) {
      #expect(abs(Double(stated) - expected) < 1e-5 * max(1, abs(expected)))
    }
  }

  @Test func `a cold softmax is finite and draws the best`() {
    let items = normalNumbers(rows: 2500, columns: 6)
    let sampler = SoftmaxSampler(items: items, temperature: 1e-7)
    var rng = SeededGenerator(seed: 2)
    let negatives = sampler.draw(100, for: Self.query, using: &rng)
    let best = ExactIndex(items).search(Array(Self.query.queries[0]), count: 1)[0].item
    #expect(negatives.items.allSatisfy { $0 == best })
    #expect(negatives.logProbabilities.allSatisfy { abs($0) < 1e-6 })
  }

  @Test func `draws and targets of one pass are those of two`() throws {
    let items = normalNumbers(rows: 1200, columns: 5)
    let context = SamplingContext(
      queries: normalNumbers(rows: 40, columns: 5, seed: 2),
      targets: (0..<40).map { ItemIndex($0 * 30) })
    for kind in NegativeSource.proposed {
      var settings = ProposalSettings()
      settings.kind = kind
      settings.temperature = 0.7
      settings.clusters = 8
      let proposal = try Proposal(
        settings, items: items, counts: [Int](repeating: 1, count: 1200), seed: 3)
      var (first, second) = (SeededGenerator(seed: 7), SeededGenerator(seed: 7))
      let both = proposal.drawWithTargets(20, for: context, using: &first)
      #expect(both.negatives == proposal.draw(20, for: context, using: &second))
      #expect(both.targets == proposal.logProbabilities(of: context.targets, for: context))
      #expect(first == second)
    }
  }

  @Test(arguments: [1, 40, 500])
  func `top-rand draws uniformly among the best`(pool: Int) {
    let items = normalNumbers(rows: 200, columns: 6)
    let sampler = TopSampler(items: items, pool: pool)
    if pool > 1 { expectSamplerContract(sampler, items: 200, context: Self.query) }
    let best = ExactIndex(items).search(Array(Self.query.queries[0]), count: pool).map(\.item)
    let stated = sampler.logProbabilities(
      of: MultiIndexSamplerTests.everything(201), for: Self.query)
    for item in 0..<201 {
      let expected = best.contains(ItemIndex(item)) ? -log(Double(best.count)) : -.infinity
      #expect(stated[item] == Float(expected))
    }
  }

  @Test(arguments: [1, 40, 500])
  func `top-and-rand draws from the mixture`(pool: Int) {
    let items = normalNumbers(rows: 200, columns: 6)
    let sampler = TopSampler(items: items, pool: pool, uniformShare: 0.5)
    expectSamplerContract(sampler, items: 200, context: Self.query)
    let best = ExactIndex(items).search(Array(Self.query.queries[0]), count: pool).map(\.item)
    let stated = sampler.logProbabilities(
      of: MultiIndexSamplerTests.everything(201), for: Self.query)
    for item in 0..<200 {
      let share = best.contains(ItemIndex(item)) ? 0.5 / Double(best.count) : 0
      #expect(abs(exp(Double(stated[item])) - share - 0.5 / 200) < 1e-6)
    }
    #expect(stated[200] == -.infinity)
  }

  @Test func `in-cluster draws are uniform beside the target`() async {
    let clusters: [Int32] = (0..<150).map { Int32($0 * $0 % 11) }
    let partition = Partition(clusters: clusters, count: 11)
    let sampler = ClusterSampler(partition)
    for target in [0, 1, 7] {
      let context = SamplingContext(targets: [ItemIndex(target)])
      expectSamplerContract(sampler, items: 150, context: context)
      let stated = sampler.logProbabilities(
        of: MultiIndexSamplerTests.everything(151), for: context)
      let size = clusters.count { $0 == clusters[target] }
      for item in 0..<151 {
        let inside = item < 150 && clusters[item] == clusters[target]
        #expect(stated[item] == Float(inside ? -log(Double(size)) : -.infinity))
      }
    }
    await #expect(processExitsWith: .failure) {
      var rng = SeededGenerator(seed: 1)
      _ = ClusterSampler(Partition(clusters: [0, 0], count: 1))
        .draw(1, for: SamplingContext(rows: 2), using: &rng)
    }
  }
}
