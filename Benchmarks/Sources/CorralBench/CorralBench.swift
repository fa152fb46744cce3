import ArgumentParser
import CorralVectors

/// Corral's side of every comparison: `Benchmarks/bench/matches.py` names the cases and their options.
@main
struct CorralBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "CorralBench",
    abstract: "One side of the benchmark: sets up, then measures a round for every line it reads.",
    subcommands: [
      ParseCase.self, EvaluateCase.self, ALSCase.self, FlatCase.self, GraphCase.self,
      StepCase.self, RankerCase.self, TrainCase.self, Item2VecCase.self, ProposalCase.self,
      CooperationCase.self, ClusterCase.self, OpenCase.self, ServeCase.self, BatchCase.self,
      DividedCase.self,
    ])
}

/// How many threads a case may use.
struct Threads: ParsableArguments {
  @Option(help: "Threads that the measured work uses.")
  var threads = 2

  /// Tells the library.
  func apply() {
    Parallel.threads = threads
  }
}
