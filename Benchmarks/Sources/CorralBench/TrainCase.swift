import ArgumentParser
import CorralData
import CorralModels
import CorralTraining
import CorralVectors
import Torch

/// An epoch of a retriever on the interactions of a file, in seconds an example: a pair of user and
/// item, or a position of a sequence.
struct TrainCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "train")

  @Argument(help: "The file of interactions.")
  var file: String
  @Option(help: "The retriever, as the key 'model' names it.")
  var model: String
  @Option(name: .customLong("set"), help: "A setting, as train.batch=128; may be repeated.")
  var changes: [String] = []
  @Option(help: "How many users are trained on; 0 for all.")
  var users = 0
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    // As the command does when it starts.
    Torch.keepMemory()
    guard let retriever = RetrieverSettings(named: model) else {
      throw ValidationError("no retriever is called '\(model)'")
    }
    var settings = try RetrieverTrainingSettings(retriever).changed(by: changes)
    settings.train.threads = threads.threads
    settings.train.epochs = 1000
    let dataset = try Dataset.load(DataSettings(path: file)).dataset
    let split = try dataset.split(.leaveOneOut).onlyTraining(users: users)
    let catalogue = Catalogue(
      users: FeatureTable(count: split.userCount), items: FeatureTable(count: split.itemCount))
    var training = try RetrieverTraining(settings, on: split, of: catalogue)
    try Worker.serve {
      guard let epoch = try training.next() else { return [:] }
      return ["seconds": epoch.seconds / Double(epoch.examples)]
    }
  }
}
