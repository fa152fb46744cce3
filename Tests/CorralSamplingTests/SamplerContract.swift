import CorralData
import CorralSampling
import CorralVectors
import Foundation
import Testing

/// What every sampler promises for one row of a context: shapes, stated probabilities that are its
/// own and sum to 1, the same draws for the same seed, and draws that occur as often as stated.
func expectSamplerContract(
  _ sampler: some NegativeSampler, items: Int, context: SamplingContext = .batch,
  draws: Int = 1_000_000, sourceLocation: SourceLocation = #_sourceLocation
) {
  let everyItem = (0..<items).map { ItemIndex($0) }
  let stated = sampler.logProbabilities(of: everyItem, for: context).map { exp(Double($0)) }
  #expect(abs(stated.reduce(0, +) - 1) < 1e-5, sourceLocation: sourceLocation)

  var (first, second) = (SeededGenerator(seed: 7), SeededGenerator(seed: 7))
  let negatives = sampler.draw(draws, for: context, using: &first)
  #expect(
    negatives.rows == context.rows && negatives.count == draws, sourceLocation: sourceLocation)
  #expect(
    negatives == sampler.draw(draws, for: context, using: &second), sourceLocation: sourceLocation)
  #expect(
    negatives.logProbabilities == sampler.logProbabilities(of: negatives.items, for: context),
    sourceLocation: sourceLocation)

  var counts = [Int](repeating: 0, count: items)
  for item in negatives.items { counts[item.position] += 1 }
  for item in 0..<items where stated[item] == 0 {
    #expect(counts[item] == 0, sourceLocation: sourceLocation)
  }
  #expect(
    chiSquareScore(counts: counts, probabilities: stated) < 3.72, sourceLocation: sourceLocation)
}

/// How many standard deviations the chi-square statistic is above its mean (Wilson and Hilferty).
///
/// 3.72 is p = 0.0001. Cells with fewer than 5 expected draws are pooled.
func chiSquareScore(counts: [Int], probabilities: [Double]) -> Double {
  let draws = Double(counts.reduce(0, +))
  var (statistic, cells) = (0.0, 0.0)
  var pooled = (count: 0.0, expected: 0.0)
  for (count, probability) in zip(counts, probabilities) where probability > 0 {
    let expected = draws * probability
    if expected < 5 {
      pooled.count += Double(count)
      pooled.expected += expected
    } else {
      statistic += (Double(count) - expected) * (Double(count) - expected) / expected
      cells += 1
    }
  }
  if pooled.expected > 0 {
    let difference = pooled.count - pooled.expected
    statistic += difference * difference / pooled.expected
    cells += 1
  }
  let freedom = cells - 1
  let spread = 2 / (9 * freedom)
  return (cbrt(statistic / freedom) - (1 - spread)) / spread.squareRoot()
}
