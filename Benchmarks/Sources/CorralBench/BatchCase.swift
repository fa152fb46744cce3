import ArgumentParser
import CorralData
import CorralPipeline
import CorralServing
import Foundation
import Torch

/// The recommendations of every user of a saved model, written into a file.
struct BatchCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "batch")

  @Argument(help: "The folder of the model.")
  var folder: String
  @Option(help: "The file to write.")
  var out: String
  @Option(help: "Items of each user.")
  var k = 50
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    // As the command does when it starts.
    Torch.keepMemory()
    let recommender = try Recommender.open(folder)
    try Worker.serve(["users": Double(recommender.users.count)]) {
      [
        "seconds": try Worker.seconds {
          let scoring = try BatchScoring(recommender, count: k, format: .csv)
          _ = try scoring.writeAll(to: URL(filePath: out)) { _ in }
        }
      ]
    }
  }
}
