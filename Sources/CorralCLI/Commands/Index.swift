import ArgumentParser
import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralSampling
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
      var settings = opened.settings
      settings.index = try overlay.decoded()
      settings.index.kind = kind
      let vectors = opened.model.itemVectors()
      console.note(
        "building \(Format.indefinite(kind.rawValue)) index over "
          + Format.counted(vectors.rows, "item"))
      let start = ContinuousClock.now
      let index = try BuiltIndex(vectors, settings: settings.index)
      let seconds = (ContinuousClock.now - start).inSeconds
      try opened.replaceIndex(index, settings: settings).warnIfUnconfirmed(on: console)
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
      let proposal = diagnostics(of: index, for: vectorsOfUsers, temperature: divisor)
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

    /// How good negatives drawn through the buckets of an index are for some of the queries.
    private func diagnostics(
      of index: BuiltIndex, for queries: Matrix, temperature: Float
    ) -> ProposalDiagnostics? {
      guard case .multiIndex(let buckets) = index, buckets.count > 0 else { return nil }
      // A model whose scores are beyond floats has no softmax to draw by.
      let largest = Double(buckets.items.longestRow) * Double(queries.longestRow)
      guard largest / Double(temperature) < Double(Float.greatestFiniteMagnitude) else {
        return nil
      }
      let sampler = MultiIndexSampler(buckets, temperature: temperature)
      let context = SamplingContext(queries: queries.gathered(0..<min(64, queries.rows)))
      var rng = SeededGenerator(seed: 1)
      return ProposalDiagnostics(
        of: sampler, negatives: sampler.draw(20, for: context, using: &rng), for: context,
        items: buckets.items, temperature: temperature)
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

extension OpenedModel {
  /// Writes the model again with another index: the old one stays whole until the new one is.
  fileprivate func replaceIndex(_ index: BuiltIndex, settings: Settings) throws -> SavedModel {
    var manifest = saved.manifest
    manifest.settings = try JSONValue(encoding: settings)
    manifest.kinds["index"] = settings.index.kind.rawValue
    return try SavedModel.write(to: URL(filePath: path), manifest: manifest) { folder in
      for name in saved.manifest.files.keys.sorted() where name != Self.indexFile {
        try folder.copy(name, of: saved)
      }
      try folder.write(index)
    }
  }
}

extension String {
  /// The text without a prefix, where it has it.
  func droppingPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
