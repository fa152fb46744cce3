import ArgumentParser
import CorralBaselines
import CorralData

/// A pass of item2vec over the sequences of a file, in seconds an interaction.
struct Item2VecCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "item2vec")

  @Argument(help: "The file of interactions.")
  var file: String
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    let split = try Dataset.load(DataSettings(path: file)).dataset.split(.leaveOneOut)
    var settings = Item2VecSettings()
    settings.epochs = 1000
    var training = Item2VecTraining(split, settings: settings)
    try Worker.serve(["words": Double(split.training.values.count)]) {
      guard let epoch = training.next(threads: threads.threads) else { return [:] }
      return ["seconds": epoch.seconds / Double(epoch.words)]
    }
  }
}
