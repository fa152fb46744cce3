import ArgumentParser
import CorralData
import CorralIndex
import CorralVectors
import Foundation

/// Lists of one request after the other: shared out among clusters, or from one index of all items.
struct DividedCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "divided")
  static let dimension = 64

  enum Kind: String, ExpressibleByArgument {
    case exact
    case hnsw
  }

  @Option(help: "The number of items: those of KuaiRand by default.")
  var items = 108_025
  @Option(help: "How many clusters the items are in; 0 for one index of all.")
  var clusters = 15
  @Option(help: "The kind of index, inside each cluster or of all items.")
  var kind: Kind
  @Option(help: "The length of a list.")
  var count = 500
  @Option(help: "Requests of a round.")
  var requests = 200
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    let items = Self.vectors(items, seed: 1)
    let queries = Self.vectors(requests, seed: 2)
    if clusters == 0 {
      let rows = (0..<requests).map { Array(queries[$0]) }
      func searches(_ index: BuiltIndex) -> (Int) -> [Candidate] {
        { index.search(rows[$0], count: count) { _ in true } }
      }
      try serve(
        searches(try BuiltIndex(items, settings: Self.settings(kind))),
        exactly: searches(try BuiltIndex(items, settings: Self.settings(.exact))))
      return
    }
    let found = try ItemClusters(
      vectors: items, count: clusters, restarts: 1, origin: "made-up vectors")
    let prompted = Self.prompted(queries, clusters: found.count)
    let shares = Self.shares(requests, clusters: found.count)
    func searches(_ index: PartitionedIndex) -> (Int) -> [Candidate] {
      { request in
        index.search(
          prompted[request], isPerCluster: true, shares: shares[request], rule: QuotaRule(),
          count: count, threads: threads.threads
        ) { _ in true }.candidates
      }
    }
    try serve(
      searches(
        try PartitionedIndex(
          items, partition: found.partition, settings: Self.settings(kind))),
      exactly: searches(
        try PartitionedIndex(
          items, partition: found.partition, settings: Self.settings(.exact))))
  }

  /// Says how much of what exact searches find is found, then measures.
  private func serve(
    _ search: (Int) -> [Candidate], exactly exact: (Int) -> [Candidate]
  ) throws {
    var shared = 0
    let checked = min(50, requests)
    for request in 0..<checked {
      shared += Set(exact(request).map(\.item)).intersection(search(request).map(\.item)).count
    }
    try Worker.serve(["recall": Double(shared) / Double(checked * count)]) {
      let seconds = try Worker.seconds {
        for request in 0..<requests where search(request).count != count {
          throw ValidationError("request \(request) has a short list")
        }
      }
      return ["seconds": seconds / Double(requests)]
    }
  }

  private static func settings(_ kind: Kind) -> IndexSettings {
    var settings = IndexSettings()
    settings.kind = kind == .exact ? .exact : .hnsw
    settings.construction = .parallel
    return settings
  }

  /// Unit vectors around 300 random centres, as embeddings lie.
  private static func vectors(_ count: Int, seed: UInt64) -> Matrix {
    let centres = Matrix.random(rows: 300, columns: dimension, seed: 99)
    var vectors = Matrix.random(rows: count, columns: dimension, seed: seed)
    var generator = SeededGenerator(seed: seed, stream: 1)
    for row in 0..<count {
      let centre = generator.next(below: 300)
      for column in 0..<dimension { vectors[row, column] += centres[centre, column] }
      let length = vectors[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
      for column in 0..<dimension { vectors[row, column] /= length }
    }
    return vectors
  }

  /// The vectors of each request, one for each cluster: as a prompt changes them.
  private static func prompted(_ queries: Matrix, clusters: Int) -> [Matrix] {
    (0..<queries.rows).map { row in
      var own = Matrix.random(rows: clusters, columns: dimension, seed: UInt64(row))
      for cluster in 0..<clusters {
        for column in 0..<dimension {
          own[cluster, column] = queries[row, column] + 0.03 * own[cluster, column]
        }
      }
      return own
    }
  }

  /// Shares of each request: most of a list comes from a third of the clusters.
  private static func shares(_ requests: Int, clusters: Int) -> [[Float]] {
    (0..<requests).map { row in
      var generator = SeededGenerator(seed: UInt64(row), stream: 2)
      let weights = (0..<clusters).map { _ in exp(1.5 * Float(generator.normal())) }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }
  }
}
