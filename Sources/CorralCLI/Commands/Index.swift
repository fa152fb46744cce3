import ArgumentParser
import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralPipeline
import CorralSampling
import CorralSettings
import CorralText
import CorralVectors
import Foundation

/// `corral index`: how candidates are found among the items of a saved model.
struct Index: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Builds and checks the index that candidates are found with.",
    subcommands: [Build.self, Check.self])

  /// `corral index build DIR`: the same model with another index.
  struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Builds an index over a model's items, and saves it with the model.")

    @Argument(help: "The directory of a saved model.")
    var model: String

    @Option(help: "The kind of index: exact, hnsw or multi-index.")
    var kind = IndexSettings.Kind.hnsw

    @Option(
      name: .customLong("set"),
      help: ArgumentHelp(
        "One setting of index, as in m=32, ef=200 or clusters=64.", valueName: "key=value"))
    var assignments: [String] = []

    @OptionGroup var output: OutputOptions

    func run() throws {
      // Where another model takes the place of this one meanwhile, the index is built for that one.
      try SavedModel.repeating { try build(output.console) }
    }

    private func build(_ console: Console) throws {
      let opened = try OpenedModel(model)
      try opened.checkInnerProducts("an index")
      var overlay = SettingsOverlay(opened.settings.index)
      for assignment in assignments { try overlay.set(assignment.droppingPrefix("index.")) }
      var settings = try overlay.decoded()
      settings.kind = kind
      let vectors = opened.model.itemVectors()
      console.note(
        "building \(Format.indefinite(kind.rawValue)) index over "
          + Format.counted(vectors.rows, "item"))
      let start = ContinuousClock.now
      let index = try SettingError.within("index") {
        try BuiltIndex(
          vectors, settings: settings, partition: opened.divided?.searched)
      }
      let seconds = (ContinuousClock.now - start).inSeconds
      let saved = try opened.replacingIndex(index, settings: settings)
      if let warning = saved.unconfirmedWarning { console.warn(warning) }
      try console.printJSON(
        Output(
          model: model, kind: kind.rawValue, items: vectors.rows, dimension: vectors.columns,
          seconds: seconds, bytes: index.byteCount))
      console.print(
        """
        \(kind.rawValue) index over \(Format.counted(vectors.rows, "item")) of \
        \(Format.counted(vectors.columns, "number")): \(Format.seconds(seconds)), \
        \(Format.bytes(index.byteCount)), saved in \(model)
        """)
      console.suggest([
        ("corral index check \(model.shellQuoted)", "what it finds of the exact best")
      ])
    }

    private struct Output: Encodable {
      let model: String
      let kind: String
      let items: Int
      let dimension: Int
      let seconds: Double
      let bytes: Int
    }
  }

  /// `corral index check DIR`: recall against the exact twin, speed, size.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measures an index beside the exact search: recall, speed, size.")

    @Argument(help: "The directory of a saved model.")
    var model: String

    @Option(help: ArgumentHelp("How many users ask.", valueName: "count"))
    var queries = 500

    @Option(
      name: .short, parsing: .unconditional,
      help: ArgumentHelp(
        "How many items each looks for: 10, or all where there are fewer.", valueName: "count"))
    var k: ItemCount?

    @Option(
      help: ArgumentHelp(
        "What scores are divided by where negatives are drawn through a multi-index, from 0.0001 "
          + "to 10000; the loss's temperature by default."))
    var temperature: Float?

    @OptionGroup var output: OutputOptions

    func validate() throws {
      if queries < 1 { throw ValidationError("--queries needs a number from 1") }
    }

    /// Temperatures by which scores can be divided and are still numbers.
    private static let temperatures: ClosedRange<Float> = 0.0001...10_000

    func run() throws {
      let console = output.console
      if let temperature, !Self.temperatures.contains(temperature) {
        throw InputError.options("--temperature \(temperature): give a number from 0.0001 to 10000")
      }
      let opened = try OpenedModel(model)
      try opened.checkInnerProducts("an index")
      let k = try k?.checked(upTo: opened.items.count) ?? min(10, opened.items.count)
      let vectors = opened.model.itemVectors()
      let index = try opened.index(over: vectors)
      let users = 0..<min(queries, opened.users.count)
      let vectorsOfUsers = opened.model.queries(users, histories: opened.histories)
      let check = IndexCheck(
        index, items: vectors, queries: vectorsOfUsers, count: k, placed: opened.model.placed)
      let kind = opened.settings.index.kind.rawValue
      let divisor = temperature ?? opened.settings.loss.temperature
      let proposal = opened.proposal(through: index, for: vectorsOfUsers, temperature: divisor)
      try console.printJSON(Output(model: model, kind: kind, check: check, proposal: proposal))
      var table = Table([
        ("index", .left), ("recall@\(k)", .right), ("a search", .right), ("exact", .right),
        ("times faster", .right), ("memory", .right),
      ])
      table.add([
        kind, Format.metric(check.recall), milliseconds(check.milliseconds),
        milliseconds(check.exactMilliseconds), String(format: "%.1f", check.speedup),
        Format.bytes(check.bytes),
      ])
      console.print(
        """
        \(Format.counted(check.items, "item")) of \(Format.counted(check.dimension, "number")), \
        \(Format.counted(check.queries, "query", "queries")), one thread

        """)
      console.print(table.rendered(console.style))
      if let residual = check.residual {
        console.print(
          String(
            format: "\nresidual: items are %.4g from the centres of their buckets, %.4g at most",
            residual.mean, residual.largest))
      }
      if let proposal, let divergence = proposal.divergence {
        console.print(
          String(
            format: "as a proposal at temperature %.3g: KL(Q||Q^) %.4g, %d draws worth %.3g",
            divisor, divergence, proposal.count, proposal.effectiveSampleSize))
      }
      if kind == "exact" {
        console.suggest([
          ("corral index build \(model.shellQuoted) --kind hnsw", "a graph, for speed")
        ])
      }
    }

    private func milliseconds(_ value: Double) -> String { String(format: "%.3f ms", value) }

    private struct Output: Encodable {
      let model: String
      let kind: String
      let check: IndexCheck
      let proposal: ProposalDiagnostics?

      private enum CodingKeys: String, CodingKey {
        case model, kind, speedup, proposal
      }

      func encode(to encoder: any Encoder) throws {
        try check.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        try container.encode(kind, forKey: .kind)
        try container.encode(check.speedup, forKey: .speedup)
        try container.encodeIfPresent(proposal, forKey: .proposal)
      }
    }
  }
}
