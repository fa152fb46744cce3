import CorralData
import CorralIndex
import CorralSampling
import CorralTesting
import CorralVectors
import Foundation
import Testing

struct ProposalTests {
  static let counts = (0..<400).map { 1 + 4000 / ($0 + 1) }
  static let items = normalNumbers(rows: 400, columns: 6)
  static let context = SamplingContext(
    queries: normalNumbers(rows: 30, columns: 6, seed: 2),
    targets: (0..<30).map { ItemIndex($0 * 13) })

  static func proposal(
    _ kind: NegativeSource, items: Matrix = items, startingFrom previous: Proposal? = nil
  ) throws -> Proposal {
    try Proposal(
      settings(kind), items: items, counts: counts, seed: 4, startingFrom: previous)
  }

  static func settings(_ kind: NegativeSource) -> ProposalSettings {
    var settings = ProposalSettings()
    settings.kind = kind
    settings.temperature = 0.8
    settings.clusters = 7
    settings.pool = 25
    return settings
  }

  static func draws(_ proposal: Proposal) -> Negatives {
    var rng = SeededGenerator(seed: 9)
    return proposal.draw(15, for: context, using: &rng)
  }

  @Test(arguments: NegativeSource.proposed)
  func `every kind keeps the contract, and again after a refresh`(
    kind: NegativeSource
  ) throws {
    let proposal = try Self.proposal(kind)
    let row = SamplingContext(
      queries: Self.context.queries.gathered([3]), targets: [Self.context.targets[3]])
    expectSamplerContract(proposal, items: 400, context: row)
    let moved = normalNumbers(rows: 400, columns: 6, seed: 8)
    let refreshed = try proposal.refreshed(items: moved, seed: 5)
    #expect(refreshed.settings == proposal.settings)
    #expect((Self.draws(refreshed) != Self.draws(proposal)) == proposal.followsItems)
    expectSamplerContract(refreshed, items: 400, context: row)
  }

  @Test(arguments: NegativeSource.proposed)
  func `a saved proposal draws the same, and is refreshed to the same`(
    kind: NegativeSource
  ) throws {
    let moved = normalNumbers(rows: 400, columns: 6, seed: 8)
    let proposal = try Self.proposal(kind).refreshed(items: moved, seed: 5)
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("state.safetensors")
      let beside = SafetensorsTensor("step", [Int32(3)])
      try SafetensorsFile.write(proposal.tensors + [beside], to: url)
      #expect(proposal.tensors.allSatisfy { $0.name.hasPrefix("proposal.") })
      // The table has moved on since.
      let later = normalNumbers(rows: 400, columns: 6, seed: 11)
      let restored = try Proposal(
        Self.settings(kind), items: later, counts: Self.counts, restoring: SafetensorsFile(url))
      #expect(Self.draws(restored) == Self.draws(proposal))
      let left = try restored.refreshed(items: later, seed: 6)
      let right = try proposal.refreshed(items: later, seed: 6)
      #expect(Self.draws(left) == Self.draws(right))
    }
  }

  /// What a proposal draws for many queries, and what it states of their targets.
  static func drawnForMany(_ kind: NegativeSource) throws -> (Negatives, [Float]) {
    let context = SamplingContext(
      queries: normalNumbers(rows: 600, columns: 6, seed: 12),
      targets: (0..<600).map { ItemIndex($0 * 7 % 400) })
    var rng = SeededGenerator(seed: 9)
    return try proposal(kind).drawWithTargets(10, for: context, using: &rng)
  }

  @Test func `draws and probabilities do not depend on the number of threads`() async {
    await #expect(processExitsWith: .success) {
      for kind in NegativeSource.proposed {
        Parallel.threads = 1
        let one = try ProposalTests.drawnForMany(kind)
        Parallel.threads = 3
        let three = try ProposalTests.drawnForMany(kind)
        guard one == three else { fatalError("\(kind)") }
      }
    }
  }

  @Test func `a saved proposal of others is refused`() throws {
    try withTemporaryFolder { folder throws in
      let url = folder.appendingPathComponent("state.safetensors")
      func reason(_ kind: NegativeSource, counts: [Int], clusters: Int = 7) throws -> String {
        try SafetensorsFile.write(Self.proposal(kind).tensors, to: url)
        var settings = Self.settings(kind)
        settings.clusters = clusters
        do {
          _ = try Proposal(
            settings, items: Self.items, counts: counts, restoring: SafetensorsFile(url))
        } catch { return "\(error)".replacingOccurrences(of: url.path, with: "FILE") }
        return "accepted"
      }
      let text = "FILE is not the proposal of these settings and items: "
      let advice = "; use what it was saved with"
      for kind in [NegativeSource.softmax, .topRand, .topAndRand, .cluster] {
        #expect(
          try reason(kind, counts: [1, 1]) == text + "it holds 400 items and there are 2" + advice)
      }
      for kind in [NegativeSource.multiIndex, .cluster] {
        #expect(
          try reason(kind, counts: Self.counts, clusters: 9)
            == text + "it has 7 clusters and the settings say 9" + advice)
      }
      #expect(try reason(.uniform, counts: [1, 1]) == "accepted")
    }
  }

  @Test func `what each kind follows`() throws {
    let follows = try NegativeSource.proposed.map { kind in
      let proposal = try Self.proposal(kind)
      return [proposal.followsItems, proposal.followsQueries, proposal.followsTargets]
    }
    #expect(
      follows == [
        [false, false, false], [false, false, false], [true, true, false], [true, true, false],
        [true, true, false], [true, true, false], [true, false, true],
      ])
    #expect(try Self.proposal(.multiIndex).index?.count == 400)
    #expect(try Self.proposal(.softmax).index == nil)
  }

  @Test func `settings out of range are refused in one line`() throws {
    func text(_ change: (inout ProposalSettings) -> Void) -> String? {
      var settings = ProposalSettings()
      change(&settings)
      return #expect(throws: SettingError.self) { try settings.validate() }?.description
    }
    #expect(text { $0.count = 0 } == "setting 'count' is 0: give 1 or more")
    #expect(
      text { $0.temperature = 0 }
        == "setting 'temperature' is 0.0: give a number above 0, 0.000001 or more"
    )
    #expect(
      text { $0.clusters = 2000 } == "setting 'clusters' is 2000: give 1 to 1024")
    #expect(text { $0.pool = -1 } == "setting 'pool' is -1: give 1 or more")
    #expect(
      text { $0.exponent = -1 } == "setting 'exponent' is -1.0: give 0 or more")
    try ProposalSettings().validate()
    var items = Self.items
    items[17, 2] = .nan
    for kind in [NegativeSource.softmax, .multiIndex, .topRand, .cluster] {
      #expect(throws: SamplingError.notFinite(item: 17)) {
        _ = try Self.proposal(kind, items: items)
      }
    }
    #expect(
      "\(SamplingError.notFinite(item: 17))"
        == "the vector of item 17 is not finite, so that no negatives can be drawn by it; "
        + "train again with a lower rate")
  }
}
