import ArgumentParser
import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralIndex
import CorralPipeline
import CorralSettings
import CorralText
import CorralTraining
import CorralVectors
import Foundation

/// `corral clusters`: the clusters that a saved model's retrieval is divided among.
struct Clusters: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Builds and shows the clusters that lists are shared out among.",
    subcommands: [Build.self, Show.self, Curve.self])

  /// `corral clusters build DIR`: the same model, whose lists are filled by quotas of clusters.
  struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Divides a model's items into clusters, and saves them with the model.",
      discussion: """
        The retriever stays as it is: each cluster gets a share of every list by how probable it is \
        that the user chooses from it. The data are those the model was trained on. The model is \
        measured again, since it finds other lists. --kind off takes the clusters away.
        """)

    @Argument(help: "The directory of a saved model.")
    var model: String

    @Option(help: "What clusters are made of: item2vec, model, feature, or off for none.")
    var kind = ClusterSettings.Kind.item2vec

    @Option(
      name: .customLong("set"),
      help: ArgumentHelp(
        "One setting of clusters, as in count=12, feature=genres, alpha=0.5 or "
          + "intent.kind=history.", valueName: "key=value"))
    var assignments: [String] = []

    @Option(help: "Where the data are now.")
    var data: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
      try SavedModel.repeating { try build(output.console) }
    }

    private func build(_ console: Console) throws {
      let opened = try OpenedModel(model)
      var overlay = SettingsOverlay(opened.settings.clusters)
      for assignment in assignments { try overlay.set(assignment.droppingPrefix("clusters.")) }
      var settings = try overlay.decoded()
      settings.kind = kind
      if kind != .model { settings.model = "" }
      if kind != .feature { settings.feature = "" }
      let data = try opened.loadData(from: data)
      console.say(data)
      let start = ContinuousClock.now
      let clusters = try opened.newClusters(settings, from: data)
      let saved = try opened.replacingClusters(clusters, settings, on: data)
      let seconds = (ContinuousClock.now - start).inSeconds
      if let warning = saved.unconfirmedWarning { console.warn(warning) }
      guard let clusters else {
        console.print("\(model) has no clusters any more")
        return try console.printJSON(Shown(model: model, clusters: nil, intent: nil))
      }
      let summary = clusters.items.summary(counts: opened.interactionCounts)
      try console.printJSON(Shown(model: model, clusters: summary, intent: clusters.report))
      console.print(ClusterTables.line(summary))
      if let report = clusters.report { console.print(ClusterTables.line(report)) }
      console.print("saved in \(model) after \(Format.seconds(seconds))")
      let quoted = model.shellQuoted
      console.suggest([
        ("corral clusters show \(quoted)", "what is in each cluster"),
        ("corral evaluate \(quoted)", "how good and how diverse its lists are"),
      ])
    }
  }

  /// `corral clusters show DIR`: sizes, shares, and items that stand for each cluster.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows a model's clusters: sizes, shares of interactions, typical items.")

    @Argument(help: "The directory of a saved model.")
    var model: String

    @Option(help: ArgumentHelp("How many items to name of each cluster.", valueName: "count"))
    var items = 3

    @OptionGroup var output: OutputOptions

    func validate() throws {
      if items < 0 { throw ValidationError("--items needs a number from 0") }
    }

    func run() throws {
      let console = output.console
      let opened = try OpenedModel(model)
      console.say(opened.notes)
      guard let clusters = opened.clusters else {
        throw InputError.other(
          "\(model) has no clusters; make some with: corral clusters build \(model.shellQuoted)")
      }
      let summary = clusters.items.summary(counts: opened.interactionCounts)
      let titles = opened.representatives(items)
      try console.printJSON(
        Shown(model: model, clusters: summary, intent: clusters.report, items: titles))
      console.print("\(console.style.bold(opened.name))  \(ClusterTables.line(summary))\n")
      console.print(ClusterTables.clusters(summary, titles: titles).rendered(console.style))
      console.print(
        String(
          format: "\nthe largest cluster has %.1f times as many items as the mean one",
          summary.imbalance))
      if let report = clusters.report {
        console.print("\n" + ClusterTables.line(report) + "\n")
        console.print(ClusterTables.reliability(report).rendered(console.style))
      }
      console.suggest([
        (
          "corral recommend \(model.shellQuoted) "
            + "\(ShellCommand.option("--user", opened.users[0])) --alpha 0.5 --explain",
          "a diverse list, with the cluster of each item"
        )
      ])
    }
  }

  /// `corral clusters curve DIR`: what a list is worth and how diverse it is, for several alphas.
  struct Curve: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measures a model's lists for several alphas, and draws the curve.",
      discussion: """
        Choose alpha on the validation part, which is the default here: the test part is for the last \
        word.
        """)

    @Argument(help: "The directory of a saved model.")
    var model: String

    @Option(help: ArgumentHelp("The alphas, separated by commas.", valueName: "list"))
    var alphas = "0,0.25,0.5,0.75,1,1.5,2"

    @Option(help: "The metric on the vertical axis.")
    var metric = "recall@50"

    @Option(
      help: "The measure of lists on the other axis, such as clusters@50 or minor-recall@50.")
    var against = "clusters@50"

    @Option(help: ArgumentHelp("An SVG file to write.", valueName: "file"))
    var out: String?

    @Option(help: "The held-out part: validation or test.")
    var split = HeldOut.validation

    @Option(help: "Where the data are now.")
    var data: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
      let console = output.console
      if let out { try OutputPlace.checkFile(out) }
      let alphas = try alphas.split(separator: ",").map { text in
        guard let alpha = Double(text), alpha >= 0, alpha.isFinite else {
          throw InputError.options("--alphas holds '\(text)'; give numbers from 0, such as 0,0.5,1")
        }
        return alpha
      }
      if alphas.isEmpty {
        throw InputError.options("--alphas is empty; give some, such as 0,0.5,1")
      }
      let metric = try Metric(named: metric)
      guard let against = ListMetric(named: against) else {
        throw InputError.options(
          "--against \(self.against): give a measure of lists such as clusters@50")
      }
      let opened = try OpenedModel(model)
      let data = try opened.loadData(from: data)
      console.say(data)
      var settings = opened.settings.evaluate
      settings.cutoffs = Set([metric.cutoff, against.cutoff]).sorted()
      settings.resamples = 0
      let ranking = try FullRanking(of: data.split, part: split, settings: settings)
      let curve = try opened.alphaCurve(alphas, by: ranking, on: data.split, part: split)
      let chart = try Chart([curve], of: metric, against: against)
      var table = Table([("alpha", .right), ("\(metric)", .right), ("\(against)", .right)])
      let stops = try curve.stops.map { stop in
        Stop(
          alpha: stop.alpha, value: try stop.evaluation.value(of: metric),
          list: stop.evaluation.lists?.value(of: against))
      }
      for stop in stops {
        table.add([
          String(format: "%g", stop.alpha), Format.metric(stop.value),
          stop.list.map { Format.metric($0) } ?? "-",
        ])
      }
      try console.printJSON(
        Drawn(model: model, metric: "\(metric)", against: "\(against)", stops: stops))
      console.print(chart.text() + "\n")
      console.print(table.rendered(console.style))
      if let out {
        try AtomicFile.write(Data(chart.svg.utf8), to: URL(filePath: out))
        console.note("written to \(out)")
      }
      console.suggest([
        (
          "corral recommend \(model.shellQuoted) "
            + "\(ShellCommand.option("--user", opened.users[0])) --alpha 0.5 --explain",
          "a list at one of them"
        )
      ])
    }

    private struct Stop: Encodable {
      let alpha: Double
      let value: Double
      let list: Double?
    }

    private struct Drawn: Encodable {
      let model: String
      let metric: String
      let against: String
      let stops: [Stop]
    }
  }

  private struct Shown: Encodable {
    let model: String
    let clusters: ClusterSummary?
    let intent: IntentReport?
    var items: [[String]]?
  }
}
