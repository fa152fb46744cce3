import ArgumentParser
import CorralData
import CorralPipeline
import CorralServing
import CorralVectors
import Foundation
import Torch

/// Requests to a saved model, answered one by one by a recommender in this process.
struct ServeCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "serve")

  @Argument(help: "The folder of the model.")
  var folder: String
  @Option(help: "Requests in a round, from one client and again from two.")
  var requests = 10_000
  @Flag(help: "Make a retriever of items that nobody has, instead of opening a model.")
  var make = false
  @Option(help: "Items of a model that is made.")
  var items = 1_000_000
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    // As the command does when it starts.
    Torch.keepMemory()
    if make {
      try MadeRetriever(items: items).write(to: URL(filePath: folder))
      return
    }
    let recommender = try Recommender.open(folder)
    let users = (0..<requests).map { recommender.users[$0 * 7919 % recommender.users.count] }
    let requests = users.map { Request(user: $0, count: 10) }
    try Worker.serve(["open_seconds": recommender.cost.seconds]) {
      var figures: [String: Double] = [:]
      for (clients, name) in [(1, "one"), (2, "two")] {
        var spent: [Double] = []
        let seconds = try Worker.seconds {
          spent = try latencies(of: requests, to: recommender, clients: clients).sorted()
        }
        figures[name] = seconds / Double(requests.count)
        figures["p50_ms_\(name)"] = 1000 * spent[spent.count / 2]
        figures["p99_ms_\(name)"] = 1000 * spent[spent.count * 99 / 100]
      }
      return figures
    }
  }

  /// The seconds of each request, when every client waits for its answer before it asks again.
  private func latencies(
    of requests: [Request], to recommender: Recommender, clients: Int
  ) throws -> [Double] {
    let parts = Parallel.map(clients, grain: 1, threads: clients) { client in
      Result {
        try stride(from: client.lowerBound, to: requests.count, by: clients).map { place in
          try Worker.seconds {
            guard try recommender.recommend(requests[place]).items.count == requests[place].count
            else { throw ValidationError("request \(place) has fewer items than it asked for") }
          }
        }
      }
    }
    return try parts.flatMap { try $0.get() }
  }
}
