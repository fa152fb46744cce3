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
      With --data or --clusters, or where a model has none, models are evaluated anew. Lists are \
      compared where both models were measured by the same clusters.
      """)

  @Argument(help: "Directories of saved models; the first is what the others are tested against.")
  var models: [String]

  @Option(help: "Where the data are, to evaluate anew.")
  var data: String?

  @Option(help: "The held-out part: test or validation.")
  var split = HeldOut.test

  @Option(help: .listClusters)
  var clusters: String?

  @Flag(help: .withinClusters)
  var withinClusters = false

  @Option(help: "A metric to show, as in ndcg@10 or clusters@10; repeat it for more.")
  var metric: [String] = []

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if models.count < 2 { throw ValidationError("give at least two models to compare") }
  }

  func run() throws {
    let console = output.console
    let wantedLists = metric.compactMap { ListMetric(named: $0) }
    let wanted = try metric.filter { ListMetric(named: $0) == nil }.map { try Metric(named: $0) }
    let evaluations = try models.map { try evaluation(of: $0, console: console) }
    let tests = try evaluations.dropFirst().map { try $0.compared(with: evaluations[0]) }
    let lists = try evaluations.dropFirst().map { try $0.comparedLists(with: evaluations[0]) }
    for metric in wantedLists where !lists.allSatisfy({ $0.contains { $0.metric == metric } }) {
      throw InputError.options(
        "\(metric) was not measured of all models by the same clusters: pass --clusters with a "
          + "model that has some, or feature:NAME")
    }
    try console.printJSON(
      Output(
        baseline: models[0],
        models: zip(models.dropFirst(), zip(tests, lists)).map { model, tests in
          .init(model: model, tests: tests.0, lists: tests.1)
        }))
    let shown = metric.isEmpty ? Self.usual(of: evaluations[0]) : wanted
    let baseline = evaluations[0].protocolInUse
    console.print(
      console.style.dim(
        "\(baseline.part.rawValue) of \(baseline.split), among \(baseline.candidates), "
          + "\(Format.counted(evaluations[0].users.count, "user"))\n"))
    for metric in shown {
      console.print(try table(metric, evaluations, tests).rendered(console.style) + "\n")
    }
    for (model, tests) in zip(models.dropFirst(), lists) {
      let shown = metric.isEmpty ? Self.usual(of: tests) : wantedLists
      let rows = shown.compactMap { metric in tests.first { $0.metric == metric } }
      if rows.isEmpty { continue }
      console.print(listTable(model, rows).rendered(console.style) + "\n")
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

  /// A row for each measure of a model's lists, beside those of the first model.
  private func listTable(_ model: String, _ tests: [ListTest]) -> Table {
    var table = Table([
      ("lists", .left), (models[0], .left), (model, .left), ("difference", .right),
      ("95% interval", .right), ("p", .right), ("", .left),
    ])
    for test in tests {
      table.add([
        "\(test.metric)", Format.metric(test.baseline), Format.metric(test.mean),
        String(format: "%+.4f", test.difference.mean),
        String(format: "%+.4f to %+.4f", test.difference.low, test.difference.high),
        Format.pValue(test.p), test.stars,
      ])
    }
    return table
  }

  /// Every list measure at 10, or at the first cut-off there is.
  private static func usual(of tests: [ListTest]) -> [ListMetric] {
    let cutoffs = tests.map(\.metric.cutoff)
    let cutoff = cutoffs.contains(10) ? 10 : cutoffs.first
    return tests.map(\.metric).filter { $0.cutoff == cutoff }
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
    return try opened.evaluation(
      of: split, dataAt: data, clusters: clusters.map { ListClusters($0) },
      isWithinClusters: withinClusters
    ) { data in
      console.say(data)
      console.note("evaluating \(path)")
    }
  }

  private struct Output: Encodable {
    struct Model: Encodable {
      let model: String
      let tests: [PairedTest]
      let lists: [ListTest]
    }

    let baseline: String
    let models: [Model]
  }
}

extension ArgumentHelp {
  /// What `--within-clusters` means, for every command that measures models.
  static var withinClusters: ArgumentHelp {
    ArgumentHelp(
      "Rank each target among the items of its own cluster alone, by the retriever.",
      discussion: "It asks how well a retriever tells similar items apart.")
  }

  /// What `--clusters` means, for every command that measures lists.
  static var listClusters: ArgumentHelp {
    ArgumentHelp(
      "The clusters that lists are measured by: a saved model that has some, or feature:NAME.",
      discussion: "By default the model's own, if it has any.", valueName: "what")
  }
}
