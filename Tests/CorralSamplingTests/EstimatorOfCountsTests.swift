import CorralData
import CorralSampling
import CorralVectors
import Testing

@Suite struct `an estimator made of counts` {
  @Test func `estimates what the counts say, for any batch`() {
    let counts = [900, 90, 10, 0]
    for batch in [10, 200] {
      let estimator = FrequencyEstimator(FrequencyEstimatorSettings(), counts: counts, batch: batch)
      let estimates = estimator.estimate((0..<4).map { ItemIndex($0) })
      for (count, estimate) in zip(counts, estimates).dropLast() {
        let wanted = Float(count) / 1000 * Float(batch)
        #expect(abs(estimate - wanted) < 1e-3 * wanted, "\(count) of 1000 in \(batch)")
      }
      // An item that was never met is as rare as the settings say of new ones.
      #expect(estimates[3] == 1 / FrequencyEstimatorSettings().priorGap)
    }
  }

  @Test func `adds up items that share a bucket, and follows the stream from there`() {
    var settings = FrequencyEstimatorSettings()
    (settings.buckets, settings.hashes, settings.alpha) = (1, 1, 0.05)
    var estimator = FrequencyEstimator(settings, counts: [30, 10], batch: 4)
    #expect(abs(estimator.estimate([ItemIndex(0)])[0] - 4) < 1e-4)
    // Each bucket knows how old it is: new gaps fade in at alpha, not at once.
    estimator.update([ItemIndex(0)])
    #expect(estimator.estimate([ItemIndex(0)])[0] > 3)
    for _ in 0..<400 { estimator.update([ItemIndex(0)]) }
    #expect(abs(estimator.estimate([ItemIndex(0)])[0] - 1) < 0.05)
  }
}
