/// The estimators that the study compares, with the known figures of each.
///
/// The paper prints curves only; the figures come from a simulation of its setting: every bucket
/// starts at A = 0 and B = 100, and a bucket updates once a batch.
extension FrequencyStudy {
  /// All cases: learning rates, multiple hashes at equal memory, no collisions, and new ids handled
  /// as Corral does by default.
  package static let cases = learningRates + multipleHashes + [noCollisions] + firstSight

  /// One array of 5,000 buckets at five learning rates.
  package static let learningRates: [Case] = [
    (0.005, [0.420, 0.141, 0.108, 0.542, 0.393, 0.173, 0.146]),
    (0.01, [0.320, 0.113, 0.113, 0.412, 0.209, 0.155, 0.141]),
    (0.02, [0.172, 0.121, 0.121, 0.239, 0.175, 0.154, 0.146]),
    (0.05, [0.138, 0.142, 0.139, 0.211, 0.182, 0.169, 0.162]),
    (0.1, [0.164, 0.167, 0.161, 0.232, 0.206, 0.193, 0.187]),
  ].map { (alpha: Float, errors: [Double]) in
    let steps = [1_000, 5_000, 10_000, 11_000, 12_000, 15_000, 20_000]
    return Case(
      name: "alpha \(alpha)", estimator: paper(alpha: alpha, hashes: 1, buckets: 5000),
      reference: Dictionary(uniqueKeysWithValues: zip(steps, errors)))
  }

  /// One to eight arrays that share 5,000 buckets, at learning rate 0.01.
  package static let multipleHashes: [Case] = [
    (1, 0.113, 0.135), (2, 0.065, 0.084), (4, 0.048, 0.057), (8, 0.050, 0.058),
  ].map { (hashes: Int, before: Double, after: Double) in
    Case(
      name: "\(hashes) x \(5000 / hashes) buckets",
      estimator: paper(alpha: 0.01, hashes: hashes, buckets: 5000 / hashes),
      reference: [10_000: before, 20_000: after])
  }

  /// A bucket for every item, which no number of hashes can beat.
  package static let noCollisions: Case = {
    var estimator = paper(alpha: 0.01, hashes: 1, buckets: 5000)
    estimator.hashing = .identity
    return Case(
      name: "no collisions", estimator: estimator, reference: [10_000: 0.035, 20_000: 0.058])
  }()

  /// New ids start at their first sight, and their prior gap fades as one observation of many.
  package static let firstSight: [Case] = [1, 4].map { hashes in
    var estimator = paper(alpha: 0.01, hashes: hashes, buckets: 5000 / hashes)
    estimator.start = .firstSight
    return Case(name: "\(hashes) x \(5000 / hashes), first sight", estimator: estimator)
  }

  private static func paper(
    alpha: Float, hashes: Int, buckets: Int
  ) -> FrequencyEstimatorSettings {
    var settings = FrequencyEstimatorSettings()
    settings.alpha = alpha
    settings.hashes = hashes
    settings.buckets = buckets
    settings.priorGap = 100
    settings.semantics = .inclusion
    settings.start = .paper
    return settings
  }
}
