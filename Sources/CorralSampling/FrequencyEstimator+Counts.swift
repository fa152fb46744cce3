import CorralData

extension FrequencyEstimator {
  /// An estimator that has followed a stream in which item i occurred `counts[i]` times, in batches of
  /// one size.
  ///
  /// Its gaps are those of the counts, those of items that share a bucket merged. So a stream goes on
  /// without the time that the estimates would need to settle. Takes m bucket look-ups an item.
  package init(_ settings: FrequencyEstimatorSettings, counts: [Int], batch: Int) {
    self.init(settings)
    let total = Double(counts.reduce(0, +))
    guard total > 0 else { return }
    var rates = [Double](repeating: 0, count: cells.count)
    var hits = [Int](repeating: 0, count: cells.count)
    let addresses = BucketAddresses(settings)
    for (item, count) in counts.enumerated() where count > 0 {
      for array in 0..<settings.hashes {
        let position = addresses.position(of: ItemIndex(item), in: array)
        rates[position] += Double(count) * Double(batch) / total
        hits[position] += count
      }
    }
    for (position, rate) in rates.enumerated() where rate > 0 {
      cells[position] = Cell(
        gap: max(Float(1 / rate), Self.smallestGap), lastSeen: 0,
        hits: Int32(clamping: hits[position]))
    }
  }
}
