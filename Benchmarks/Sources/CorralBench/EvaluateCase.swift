import ArgumentParser
import CorralData
import CorralEvaluation
import CorralVectors

/// Ranks the whole catalogue for every test user by the inner products of random factors: what is
/// timed does not depend on what was learnt.
struct EvaluateCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "evaluate")

  @Argument(help: "The file of interactions.")
  var file: String
  @Option(help: "The number of factors of users and items.")
  var factors = 64
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    let dataset = try Dataset.load(DataSettings(path: file)).dataset
    let split = try dataset.split(.leaveOneOut)
    var settings = EvaluationSettings()
    settings.cutoffs = [10, 20, 50]
    settings.measures = [.recall, .ndcg, .mrr]
    settings.resamples = 0
    let ranking = try FullRanking(of: split, settings: settings)
    let users = Matrix.random(rows: split.userCount, columns: factors, seed: 1)
    let items = Matrix.random(rows: split.itemCount, columns: factors, seed: 2)
    try Worker.serve(["users": Double(ranking.userCount), "items": Double(split.itemCount)]) {
      try ["seconds": ranking.evaluate(.vectors(queries: users.gathered, items: items)).seconds]
    }
  }
}
