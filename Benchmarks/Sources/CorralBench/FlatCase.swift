import ArgumentParser
import CorralData
import CorralIndex
import CorralVectors

/// Exact search, batched and one query at a time.
struct FlatCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "flat")

  enum Mode: String, ExpressibleByArgument {
    case batch
    case single
  }

  @Argument(help: "The folder of vectors.")
  var folder: String
  @Option(help: "All queries in one call, or one query a call.")
  var mode: Mode
  @Option(help: "How many neighbours a query looks for.")
  var count = 100
  @Option(help: "How many of the queries are searched.")
  var queries = 1000
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    let vectors = try VectorFolder(folder)
    let index = ExactIndex(vectors.items)
    let batch = vectors.queries.gathered(0..<queries)
    let rows = (0..<queries).map { Array(batch[$0]) }
    let checked = index.search(vectors.queries.gathered(0..<min(100, queries)), count: count)
    let found = (0..<checked.count).map { checked[$0].map(\.item.rawValue) }
    let recall = vectors.recall(found, count: count)
    try Worker.serve(["recall": recall]) {
      let seconds = Worker.seconds {
        switch mode {
        case .batch:
          _ = index.search(batch, count: count)
        case .single:
          for query in rows { _ = index.search(query, count: count) }
        }
      }
      return ["seconds": seconds / Double(queries)]
    }
  }
}
