import Foundation
import Testing

@Suite struct QuickstartTests {
  @Test func `the quick start beats popularity, shows ten titles, and says what is next`() throws {
    try withTemporaryFolder { folder in
      let outcome = try Binary.run("quickstart", "--out", "try", in: folder)
      try #require(outcome.code == 0, "\(outcome.errors)")
      for text in ["two-tower", "p < 0.001", "recommended", "genre", "Next", "corral recommend "] {
        #expect(outcome.output.contains(text))
      }
      let ranks = outcome.output.split(separator: "\n").filter {
        $0.contains(/^ ?\d+ +\S.*\d\.\d{3}$/)
      }
      #expect(ranks.count == 10, "\(outcome.output)")
      // The first command it suggests works as it stands.
      let next = try #require(
        outcome.output.split(separator: "\n").first { $0.hasPrefix("  corral recommend") })
      let words = next.split(separator: " ").dropFirst().prefix(5).map { String($0) }
      #expect(try Binary.run(words, in: folder).code == 0)
      let taken = try Binary.run("quickstart", "--out", ".", in: folder)
      #expect(taken.code == 2 && taken.errors.contains("exists already"))
    }
  }

  @Test func `the doctor says what there is`() throws {
    struct Findings: Decodable {
      let corral: String
      let libtorch: String
      let device: String
      let threads: Int
      let kernels: String
    }
    let findings = try Binary.run("doctor", "--json").json(Findings.self)
    #expect(findings.libtorch.hasPrefix("2.") && findings.threads > 0 && !findings.kernels.isEmpty)
    #expect(["cpu", "cuda"].contains(findings.device))
    #expect(try Binary.run("doctor").output.contains("libtorch"))
  }
}
