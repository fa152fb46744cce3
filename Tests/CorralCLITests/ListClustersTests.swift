import Foundation
import Testing

/// What `evaluate` and `compare` say of the lists themselves.
@Suite struct `lists by clusters` {
  struct Mean: Decodable { let mean: Double }
  struct Report: Decodable {
    struct Basis: Decodable {
      let clusters: Int?
      let minor_share: Double
    }
    let lists: [String: Mean]
    let lists_by: Basis
  }
  struct Comparison: Decodable {
    struct Model: Decodable {
      struct Test: Decodable {
        let metric: String
        let baseline: Double
        let mean: Double
      }
      let lists: [Test]
    }
    let models: [Model]
  }

  /// Each user stays in one of two genres, which implicit ALS finds and popularity does not.
  @Test func `are measured for a model, and compared between models`() throws {
    try withTemporaryFolder { folder in
      let (als, trained) = try TinyData.trained("implicit-als", in: folder)
      try #require(trained.code == 0, "\(trained.errors)")
      let (popularity, other) = try TinyData.trained("popularity", in: folder)
      try #require(other.code == 0, "\(other.errors)")
      let genre = ["--clusters", "feature:genre"]

      let plain = try Binary.run("evaluate", als.path, "--json").json(Report.self)
      #expect(Set(plain.lists.keys) == ["tail@5", "tail@10", "gini@5", "gini@10"])
      #expect(plain.lists_by.clusters == nil)
      let report = try Binary.run(["evaluate", als.path, "--json"] + genre).json(Report.self)
      #expect(report.lists_by.clusters == 2 && report.lists_by.minor_share == 0.1)
      let found = try #require(report.lists["clusters@5"]?.mean)
      #expect(found >= 1 && found <= 2)
      #expect(report.lists["tail@5"]?.mean == plain.lists["tail@5"]?.mean)
      let text = try Binary.run(["evaluate", als.path] + genre)
      #expect(text.output.contains("miscalibration") && text.output.contains("@10"))
      #expect(text.output.contains("by the categories of 'genre'"), "\(text.output)")

      let models = [als.path, popularity.path]
      let answer = try Binary.run(["compare", "--json"] + models + genre).json(Comparison.self)
      let test = try #require(answer.models.first?.lists.first { $0.metric == "clusters@5" })
      #expect(test.baseline == found && test.mean >= 1)
      let compared = try Binary.run(["compare"] + models + genre)
      #expect(compared.output.contains("cluster"), "\(compared.output)")
      let one = try Binary.run(["compare", "--metric", "clusters@5"] + models + genre)
      #expect(one.output.contains("cluster") && !one.output.contains("ndcg@10"))
      // The ranks that training saved hold what needs no clusters.
      let saved = try Binary.run(["compare", "--json"] + models).json(Comparison.self)
      #expect(Set(saved.models[0].lists.map(\.metric)) == ["tail@5", "tail@10"])

      // Among the items of its own half of the catalogue, a target has fewer rivals.
      struct Ranked: Decodable {
        struct Rules: Decodable { let candidates: String }
        let stages: [String: [String: Mean]]
        let `protocol`: Rules
      }
      let whole = try Binary.run("evaluate", als.path, "--json").json(Ranked.self)
      let inside = try Binary.run(["evaluate", als.path, "--json", "--within-clusters"] + genre)
        .json(Ranked.self)
      #expect(whole.protocol.candidates == "all 40 items")
      #expect(inside.protocol.candidates.contains("in the target's cluster, one of 2 clusters"))
      let recalls = [whole, inside].map { $0.stages.values.first?["recall@5"]?.mean ?? -1 }
      #expect(recalls[0] >= 0 && recalls[0] <= recalls[1])
      let beside = try Binary.run(["compare", "--within-clusters"] + models + genre)
      #expect(beside.output.contains("among the items in the target's cluster"), "\(beside.output)")

      let cases: [(arguments: [String], says: String)] = [
        (["compare", "--metric", "clusters@5"] + models, "pass --clusters with a model"),
        (
          ["evaluate", als.path, "--clusters", "feature:genr"],
          "the items have no feature 'genr' for --clusters; they have genre"
        ),
        (["evaluate", als.path, "--clusters", popularity.path], "has no clusters"),
        (["evaluate", als.path, "--within-clusters"], "has no clusters to rank in"),
        (["evaluate", als.path, "--clusters", "nowhere"], "nowhere is not a saved model"),
      ]
      for (arguments, text) in cases {
        let outcome = try Binary.run(arguments)
        #expect(outcome.code == 2, "\(arguments): \(outcome.code)")
        #expect(outcome.errors.contains(text), "\(arguments): \(outcome.errors)")
      }
    }
  }
}
