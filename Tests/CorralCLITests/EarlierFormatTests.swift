import Foundation
import Testing

/// Models that format 1 wrote, before tensors of features were named by position.
@Suite struct EarlierFormatTests {
  /// A model of the fixtures, as a copy that may be changed.
  private func copied(_ name: String, into folder: URL) throws -> URL {
    let place = folder.appending(path: name)
    let fixture = packageRoot.appending(path: "Tests/CorralCLITests/Fixtures/format-1/\(name)")
    try FileManager.default.copyItem(at: fixture, to: place)
    return place
  }

  /// What the program that wrote the models answered with them.
  static let answers: [(String, [String], [String], [Float])] = [
    (
      "implicit-als", ["--user", "u3"], ["i5", "i4", "i2"],
      [0.106078915, 0.035373393, -0.038861442]
    ),
    (
      "implicit-als", ["--history", "i1,i2"], ["i3", "i4", "i0"],
      [0.8378997, 0.6204223, 0.36611474]
    ),
    (
      "two-tower", ["--user", "u3"], ["i0", "i2", "i3"],
      [-0.006228301, -0.0077882446, -0.0078108674]
    ),
    (
      "two-tower", ["--history", "i1,i2"], ["i8", "i6", "i3"],
      [0.0095591135, 0.0076674838, -0.00016819153]
    ),
  ]

  @Test(arguments: answers)
  func `answers as when it was saved`(
    _ model: String, _ query: [String], _ ids: [String], _ scores: [Float]
  ) throws {
    try withTemporaryFolder { folder in
      let place = try copied(model, into: folder)
      let outcome = try Binary.run(["recommend", place.path, "-k", "3", "--json", "-q"] + query)
      try #require(outcome.code == 0, "\(outcome.errors)")
      let answer = try outcome.json(RecommendationAnswer.self)
      #expect(answer.items.map(\.id) == ids)
      #expect(zip(answer.items, scores).allSatisfy { abs($0.score - $1) < 1e-4 })
      #expect(answer.items.first?.title == "The Item \(ids[0].dropFirst())")
    }
  }

  @Test func `is compared, exported, and given another index`() throws {
    try withTemporaryFolder { folder in
      let (als, tower) = (
        try copied("implicit-als", into: folder), try copied("two-tower", into: folder)
      )
      let compared = try Binary.run("compare", als.path, tower.path, "--json")
      #expect(compared.code == 0, "\(compared.errors)")
      let exported = try Binary.run("export", tower.path, "--format", "tsv")
      #expect(exported.code == 0, "\(exported.errors)")
      let built = try Binary.run("index", "build", tower.path, "--kind", "hnsw")
      try #require(built.code == 0, "\(built.errors)")
      let again = try Binary.run("recommend", tower.path, "--user", "u3", "-k", "3", "--json", "-q")
      #expect(try again.json(RecommendationAnswer.self).items.map(\.id) == ["i0", "i2", "i3"])
    }
  }
}
