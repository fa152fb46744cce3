import CorralSampling
import Testing

struct `the estimator study` {
  @Test func `has the published errors, within a fifth`() throws {
    var study = FrequencyStudy()
    study.seeds = 2
    let rows = study.run()
    #expect(rows.count == FrequencyStudy.cases.count)
    var compared = 0
    for row in rows {
      for reading in row.errors {
        guard let reference = reading.reference else { continue }
        compared += 1
        #expect(
          abs(reading.error - reference) < 0.2 * reference,
          "\(row.case.name) at step \(reading.step)")
      }
    }
    #expect(compared == 5 * 7 + 4 * 2 + 2)

    func error(_ name: String, at step: Int) throws -> Double {
      let row = try #require(rows.first { $0.case.name == name })
      return try #require(row.errors.first { $0.step == step }).error
    }
    // Four arrays beat one twice over at equal memory.
    for step in [10_000, 20_000] {
      let (one, four) = (
        try error("1 x 5000 buckets", at: step), try error("4 x 1250 buckets", at: step)
      )
      #expect(2 * four < one)
    }
    // After the switch the error jumps and comes back, the faster the higher the rate.
    #expect(try error("alpha 0.01", at: 11_000) > 3 * error("alpha 0.01", at: 10_000))
    #expect(try error("alpha 0.01", at: 20_000) < 1.4 * error("alpha 0.01", at: 10_000))
    #expect(try error("alpha 0.05", at: 11_000) < error("alpha 0.005", at: 11_000) / 2)
    // Ids that start at their first sight are right long before.
    #expect(
      try error("4 x 1250, first sight", at: 1_000) < error("4 x 1250 buckets", at: 1_000) / 4)
  }
}
