import ArgumentParser
import CorralData
import CorralModels
import CorralTraining
import CorralVectors
import Foundation
import Torch

/// Training steps and scoring of the rankers that `peers/ranker.py` writes in PyTorch, making the
/// batch and drawing its negatives included.
struct RankerCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "ranker")
  static let userCount = 6040
  static let rowLength = 40

  @Option(help: "The ranker: deepfm, dcn, dcn-v2, din or bst.")
  var model: String
  @Option(help: "The number of rows of the item table.")
  var items = 3400
  @Option(help: "Steps in a round, of which the median counts.")
  var steps = 10
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    // As the command does when it starts.
    Torch.keepMemory()
    guard let shape = RankerSettings(named: model) else {
      throw ValidationError("no ranker is called '\(model)'")
    }
    var settings = RankerTrainingSettings()
    settings.ranker = shape
    settings.train.batch = 512
    settings.train.threads = threads.threads
    let catalogue = Catalogue(
      users: FeatureTable(count: Self.userCount), items: FeatureTable(count: items))
    let split = Split.drawn(users: Self.userCount, each: Self.rowLength, items: items)
    var training = try RankerTraining(settings, on: split, of: catalogue)
    _ = try round(&training, steps: 2)
    let ranker = try training.model()
    let (queries, candidates) = requests()
    _ = ranker.scores(candidates, for: queries)
    try Worker.serve {
      [
        "seconds": try round(&training, steps: steps),
        "scoring": (0..<steps).map { _ in
          Worker.seconds { _ = ranker.scores(candidates, for: queries) }
        }.sorted()[steps / 2],
      ]
    }
  }

  /// The median seconds of some steps.
  private func round(_ training: inout RankerTraining, steps: Int) throws -> Double {
    try Worker.medianStep(of: steps) { _ = try training.next(progress: $0, shouldStop: $1) }
  }

  /// A hundred candidates for each of 128 users with 20 items before.
  private func requests() -> (QueryBatch, Ragged<ItemIndex>) {
    var generator = SeededGenerator(seed: 2)
    func rows(_ count: Int) -> Ragged<ItemIndex> {
      Ragged(
        (0..<128).map { _ in (0..<count).map { _ in ItemIndex(generator.next(below: items)) } })
    }
    let users = (0..<128).map { UserIndex($0 * 40) }
    return (QueryBatch(users: users, histories: rows(20)), rows(100))
  }
}
