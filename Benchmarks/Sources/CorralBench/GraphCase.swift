import ArgumentParser
import CorralData
import CorralIndex
import CorralVectors

/// The HNSW graph: building it, and searching it one query at a time at a given recall.
struct GraphCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "hnsw")
  /// The widths of the search that are tried, narrow to wide; the peer tries the same.
  static let widths = [100, 120, 150, 200, 250, 300, 350, 400, 500, 600, 800, 1000, 1200, 1600]

  @Argument(help: "The folder of vectors.")
  var folder: String
  @Option(help: "How many neighbours a query looks for.")
  var count = 100
  @Option(help: "The recall that the search must reach.")
  var recall = 0.95
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    let vectors = try VectorFolder(folder)
    var settings = IndexSettings()
    settings.kind = .hnsw
    settings.m = 16
    settings.efConstruction = 200
    settings.construction = .parallel
    let clock = ContinuousClock()
    let start = clock.now
    var index = try HNSWIndex(vectors.items, settings: settings)
    let building = (clock.now - start) / .seconds(1)
    var reached = 0.0
    for width in Self.widths {
      index = try index.searching(ef: width)
      let found = index.search(vectors.queries, count: count)
      reached = vectors.recall(
        (0..<found.count).map { found[$0].map(\.item.rawValue) }, count: count)
      if reached >= recall { break }
    }
    let queries = (0..<vectors.queries.rows).map { Array(vectors.queries[$0]) }
    let facts = ["build_seconds": building, "ef": Double(index.settings.ef), "recall": reached]
    try Worker.serve(facts) {
      let seconds = Worker.seconds {
        for query in queries { _ = index.search(query, count: count) }
      }
      return ["seconds": seconds / Double(queries.count)]
    }
  }
}
