import ArgumentParser
import CorralData
import CorralEvaluation
import CorralPipeline
import CorralText
import Foundation

/// `corral compare DIR DIR...`: which of several models is better, and whether that could be chance.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tests models against the first of them, on the same users.",
    discussion: """
      Uses the ranks that training saved with each model, so it needs no data and takes a second. \
      With --data, or where a model has none, models are evaluated anew.
      """)

  @Argument(help: "Directories of saved models; the first is what the others are tested against.")
  var models: [String]

  @Option(help: "Where the data are, to evaluate anew.")
  var data: String?

  @Option(help: "The held-out part: test or validation.")
  var split = HeldOut.test

  @Option(help: "A metric to show, as in ndcg@10; repeat it for more.")
  var metric: [String] = []

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if models.count < 2 { throw ValidationError("give at least two models to compare") }
  }

  func run() throws {
    let console = output.console
    let wanted = try metric.map { try Metric(named: $0) }
    let evaluations = try models.map { try evaluation(of: $0, console: console) }
    let tests = try evaluations.dropFirst().map { try $0.compared(with: evaluations[0]) }
    try console.printJSON(
      Output(
        baseline: models[0],
        models: zip(models.dropFirst(), tests).map { .init(model: $0, tests: $1) }))
    let shown = wanted.isEmpty ? Self.usual(of: evaluations[0]) : wanted
    let baseline = evaluations[0].protocolInUse
    console.print(
      console.style.dim(
        "\(baseline.part.rawValue) of \(baseline.split), "
          + "\(Format.counted(evaluations[0].users.count, "user"))\n"))
    for metric in shown {
      console.print(try table(metric, evaluations, tests).rendered(console.style) + "\n")
    }
    console.note(
      console.noteStyle.dim("p: paired t-test on the same users; * p < 0.05, ** p < 0.001"))
  }

  private func table(
    _ metric: Metric, _ evaluations: [Evaluation], _ tests: [[PairedTest]]
  ) throws -> Table {
    var table = Table([
      ("\(metric)", .left), ("mean", .right), ("change", .right), ("difference", .right),
      ("95% interval", .right), ("p", .right), ("", .left), ("wins/losses", .right),
    ])
    table.add([models[0], Format.metric(try evaluations[0].value(of: metric))])
    for (model, tests) in zip(models.dropFirst(), tests) {
      guard let test = tests.first(where: { $0.metric == metric }) else {
        throw EvaluationError.notMeasured(metric, measured: tests.map(\.metric))
      }
      table.add([
        model, Format.metric(test.mean), Format.change(from: test.baseline, to: test.mean),
        String(format: "%+.4f", test.difference.mean),
        String(format: "%+.4f to %+.4f", test.difference.low, test.difference.high),
        Format.pValue(test.p), test.stars, "\(test.wins)/\(test.losses)",
      ])
    }
    return table
  }

  private static func usual(of evaluation: Evaluation) -> [Metric] {
    let usual = [Metric(.recall, at: 10), Metric(.ndcg, at: 10)]
      .filter { evaluation.metrics.contains($0) }
    return usual.isEmpty
      ? Array(evaluation.metrics.filter { $0.measure != .coverage }.prefix(2)) : usual
  }

  /// The ranks that were saved with the model, or new ones.
  private func evaluation(of path: String, console: Console) throws -> Evaluation {
    let opened = try OpenedModel(path)
    console.say(opened.notes)
    return try opened.evaluation(of: split, dataAt: data) { data in
      console.say(data)
      console.note("evaluating \(path)")
    }
  }

  private struct Output: Encodable {
    struct Model: Encodable {
      let model: String
      let tests: [PairedTest]
    }

    let baseline: String
    let models: [Model]
  }
}
