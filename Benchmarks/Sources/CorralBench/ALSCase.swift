import ArgumentParser
import CorralBaselines
import CorralData
import Foundation

/// A sweep of implicit ALS as the `implicit` library defines it: users, then items.
struct ALSCase: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "als")

  enum Solver: String, ExpressibleByArgument {
    case cg
    case cholesky
  }

  @Argument(help: "The file of interactions.")
  var file: String
  @Option(help: "Three steps of conjugate gradients, or Cholesky.")
  var solver: Solver
  @Option(help: "The number of factors.")
  var factors = 64
  @Option(help: "Sweeps in a round, of which the median counts.")
  var sweeps = 5
  @OptionGroup var threads: Threads

  func run() throws {
    threads.apply()
    let split = try Dataset.load(DataSettings(path: file)).dataset.split(.leaveOneOut)
    var settings = ImplicitALSSettings()
    settings.dimension = factors
    settings.alpha = 1
    settings.regularisation = 0.05
    settings.solver = solver == .cg ? .conjugateGradients : .cholesky
    settings.sweeps = .max
    var training = ImplicitALSTraining(split, settings: settings)
    try Worker.serve(["interactions": Double(split.training.values.count)]) {
      var seconds: [Double] = []
      for _ in 0..<sweeps {
        if let sweep = try training.next() { seconds.append(sweep.seconds) }
      }
      return ["seconds": seconds.sorted()[seconds.count / 2]]
    }
  }
}
