import CorralData
import CorralSampling
import CorralVectors
import Foundation
import Testing

struct `negative samplers` {
  @Test(arguments: [1, 2, 37, 1000])
  func `uniform draws are as stated`(items: Int) {
    if items > 1 { expectSamplerContract(UniformSampler(itemCount: items), items: items) }
    let stated = UniformSampler(itemCount: items)
      .logProbabilities(of: [ItemIndex(0), ItemIndex(items)], for: .batch)
    #expect(stated == [Float(-log(Double(items))), -.infinity])
  }

  @Test(arguments: [0, 0.75, 1, 2])
  func `draws by popularity are as stated`(exponent: Double) {
    let counts = (0..<500).map { $0 % 7 == 3 ? 0 : 1 + 100_000 / (($0 + 1) * ($0 + 1)) }
    let sampler = PopularitySampler(counts: counts, exponent: exponent)
    expectSamplerContract(sampler, items: 500)
    let total = counts.filter { $0 > 0 }.reduce(0) { $0 + pow(Double($1), exponent) }
    for item in 0..<500 {
      let expected = counts[item] > 0 ? pow(Double(counts[item]), exponent) / total : 0
      #expect(abs(sampler.probabilities[item] - expected) < 1e-12)
    }
  }

  @Test func `a chi-square that is off by a little is found`() {
    // The check itself can fail: 1 % more of one of ten items.
    var probabilities = [Double](repeating: 0.1, count: 10)
    probabilities[0] = 0.101
    probabilities[1] = 0.099
    let sampler = UniformSampler(itemCount: 10)
    var rng = SeededGenerator(seed: 1)
    var counts = [Int](repeating: 0, count: 10)
    for item in sampler.draw(4_000_000, for: .batch, using: &rng).items {
      counts[item.position] += 1
    }
    #expect(chiSquareScore(counts: counts, probabilities: probabilities) > 3.72)
  }

  @Test func `every row of a context has its own negatives`() {
    let sampler = UniformSampler(itemCount: 1_000_000)
    var rng = SeededGenerator(seed: 1)
    let context = SamplingContext(queries: Matrix(rows: 3, columns: 4))
    let negatives = sampler.draw(5, for: context, using: &rng)
    #expect(negatives.rows == 3 && negatives.items.count == 15)
    #expect(Set(negatives.items).count == 15)
    let shared = sampler.draw(5, for: .batch, using: &rng)
    #expect(shared.rows == 1 && shared.items.count == 5)
    let targets = [ItemIndex(4), ItemIndex(2)]
    let one = SamplingContext(targets: targets)
    #expect(one.rows == 2 && sampler.logProbabilities(of: targets, for: one).count == 2)
  }
}
