import ArgumentParser
import CorralData
import CorralModels
import CorralSampling
import CorralTraining
import CorralVectors
import Torch

/// A step of matrix factorisation and DeepFM over the same batch size and number of negatives: trained
/// for each other through the inverted multi-index, or a step of each by itself on uniform draws.
struct CooperationCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "cooperation")
  static let userCount = 30_000
  static let rowLength = 27

  @Option(help: "How they are trained: independent, icc, rankflow or corr.")
  var method: String
  @Option(help: "The number of items.")
  var items = 40_000
  @Option(help: "Positives of a step.")
  var batch = 1024
  @Option(help: "Negatives of each.")
  var negatives = 20
  @Option(help: "Steps in a round, of which the median counts.")
  var steps = 10
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    // As the command does when it starts.
    Torch.keepMemory()
    guard let method = CooperativeMethod(rawValue: method) else {
      throw ValidationError("no method is called '\(method)'")
    }
    let split = Split.drawn(users: Self.userCount, each: Self.rowLength, items: items)
    let catalogue = Catalogue(
      users: FeatureTable(count: split.userCount), items: FeatureTable(count: items))
    try method == .independent
      ? serveApart(split, catalogue) : serveTogether(method, split, catalogue)
  }

  private func serveTogether(
    _ method: CooperativeMethod, _ split: Split, _ catalogue: Catalogue
  ) throws {
    var settings = CooperativeTrainingSettings()
    (settings.method, settings.retriever) = (method, retriever)
    (settings.train.batch, settings.train.threads) = (batch, threads.threads)
    settings.proposal.count = negatives
    settings.loss.temperature = 1
    var training = try CooperativeTraining(settings, on: split, of: catalogue)
    func round() throws -> Double {
      try Worker.medianStep(of: steps) { _ = try training.next(progress: $0, shouldStop: $1) }
    }
    _ = try round()
    try Worker.serve { ["seconds": try round()] }
  }

  private func serveApart(_ split: Split, _ catalogue: Catalogue) throws {
    var first = RetrieverTrainingSettings()
    first.retriever = retriever
    (first.train.batch, first.train.threads) = (batch, threads.threads)
    (first.negatives.kind, first.negatives.sharing) = (.uniform, .example)
    (first.negatives.count, first.loss.temperature) = (negatives, 1)
    var second = RankerTrainingSettings()
    (second.train.batch, second.train.threads) = (batch, threads.threads)
    second.negatives.count = negatives
    var retriever = try RetrieverTraining(first, on: split, of: catalogue)
    var ranker = try RankerTraining(second, on: split, of: catalogue)
    func round() throws -> Double {
      try Worker.medianStep(of: steps) { _ = try retriever.next(progress: $0, shouldStop: $1) }
        + Worker.medianStep(of: steps) { _ = try ranker.next(progress: $0, shouldStop: $1) }
    }
    _ = try round()
    try Worker.serve { ["seconds": try round()] }
  }

  private var retriever: RetrieverSettings {
    var model = MatrixFactorisationSettings()
    (model.dimension, model.similarity) = (64, .dot)
    return RetrieverSettings(model)
  }
}
