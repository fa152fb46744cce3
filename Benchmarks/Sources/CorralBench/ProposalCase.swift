import ArgumentParser
import CorralData
import CorralIndex
import CorralSampling
import CorralVectors

/// Drawing negatives by the softmax of a retriever's scores: through the inverted multi-index, or
/// exactly.
struct ProposalCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "proposals")
  static let dimension = 64

  enum Kind: String, ExpressibleByArgument {
    case multiIndex = "multi-index"
    case softmax
  }

  @Option(help: "The number of items.")
  var items: Int
  @Option(help: "What draws.")
  var kind: Kind
  @Option(help: "Queries of a batch.")
  var queries = 512
  @Option(help: "Batches of a round.")
  var batches = 1
  @Option(help: "Draws of a query.")
  var count = 20
  @Option(help: "Clusters of each half of the vectors.")
  var clusters = 32
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    // Scores of some units, as trained retrievers have.
    var table = Matrix.random(rows: items, columns: Self.dimension, seed: 1)
    for position in table.values.indices { table.values[position] *= 0.2 }
    let context = SamplingContext(
      queries: .random(rows: queries, columns: Self.dimension, seed: 2))
    switch kind {
    case .softmax: try serve(SoftmaxSampler(items: table), for: context)
    case .multiIndex:
      var settings = MultiIndexSettings()
      settings.clusters = clusters
      let clock = ContinuousClock()
      let start = clock.now
      let index = try InvertedMultiIndex(table, settings: settings)
      let made = clock.now
      let again = try InvertedMultiIndex(table, settings: settings, startingFrom: index)
      let facts = [
        "build_seconds": (made - start) / .seconds(1),
        "refresh_seconds": (clock.now - made) / .seconds(1),
      ]
      try serve(MultiIndexSampler(again), for: context, facts)
    }
  }

  private func serve(
    _ sampler: some NegativeSampler, for context: SamplingContext, _ facts: [String: Double] = [:]
  ) throws {
    var rng = SeededGenerator(seed: 3)
    try Worker.serve(facts) {
      let seconds = Worker.seconds {
        for _ in 0..<batches { _ = sampler.draw(count, for: context, using: &rng) }
      }
      return ["seconds": seconds / Double(queries * batches)]
    }
  }
}
