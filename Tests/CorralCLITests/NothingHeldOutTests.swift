import Foundation
import Testing

/// A model of all that is known has nothing that it could be measured on.
@Suite struct `training without a test part` {
  /// Nothing held out at all, or for validation alone.
  private static let none = ["--set", "data.split.rule=none"]
  private static let validation = [
    "data.split.rule=ratio", "data.split.test=0", "data.split.validation=0.2",
  ].flatMap { ["--set", $0] }

  @Test(
    arguments: [
      ("popularity", [String]()), ("implicit-als", []), ("item2vec", []), ("two-tower", []),
      ("neumf", []), ("sasrec", []),
      ("mf", ["ranker.model=deepfm", "rankerTraining.train.epochs=1"]),
      ("mf", ["ranker.model=deepfm", "method=corr", "retriever.similarity=dot"]),
    ])
  func `every model is trained and saved, and says that it was not measured`(
    model: String, more: [String]
  ) throws {
    try withTemporaryFolder { folder in
      let (place, trained) = try TinyData.trained(
        model, in: folder, Self.none + more.flatMap { ["--set", $0] })
      #expect(trained.code == 0, "\(trained.errors)")
      #expect(trained.errors.contains("saved without being measured"), "\(trained.errors)")
      let asked = try Binary.run("recommend", place.path, "--user", "u3")
      #expect(asked.code == 0, "\(asked.errors)")
    }
  }

  @Test func `evaluate and compare say that nothing was held out`() throws {
    try withTemporaryFolder { folder in
      let (first, _) = try TinyData.trained("popularity", in: folder, Self.none)
      let (second, _) = try TinyData.trained("mf", in: folder, Self.validation)
      for arguments in [["evaluate", first.path], ["compare", first.path, second.path]] {
        let outcome = try Binary.run(arguments)
        #expect(outcome.code == 2, "\(arguments): \(outcome.errors)")
        #expect(outcome.errors.contains("holds out nothing"), "\(arguments): \(outcome.errors)")
      }
    }
  }
}
