import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralIndex
import CorralPipeline
import CorralServing
import CorralSettings
import CorralTesting
import CorralVectors
import Foundation
import Testing

/// Models that were saved before recommenders existed, and the data that they were trained on.
private struct Saved {
  static let models = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/format-2")

  /// A copy of a model, to be changed.
  static func copy(_ name: String, into folder: URL) throws -> String {
    let place = folder.appending(path: name)
    try FileManager.default.copyItem(at: models.appending(path: name), to: place)
    return place.path
  }

  static func opened(_ name: String) throws -> OpenedModel {
    try OpenedModel(models.appending(path: name).path)
  }

  /// Writes the data that the models were trained on.
  static func data(into folder: URL, seed: UInt64 = 5) throws -> String {
    let made = try Dataset.synthesized(
      SyntheticSettings(users: 40, items: 30, interactions: 560, seed: seed, context: true))
    let place = folder.appending(path: "data").path
    try made.write(to: place, as: .csv)
    return place
  }
}

@Suite struct OpenedModelTests {
  @Test(arguments: ["mf-then-deepfm", "sasrec-then-din", "item2vec", "comirec"])
  func `measured again, a model has the ranks that training saved`(_ name: String) throws {
    try withTemporaryFolder { folder in
      let opened = try Saved.opened(name)
      let saved = try #require(try opened.savedEvaluation())
      let data = try opened.loadData(from: try Saved.data(into: folder))
      #expect(data.notes.allSatisfy { $0.kind == .note })
      let ranking = try FullRanking(of: data.split, settings: opened.settings.evaluate)
      let measured = try opened.measured(by: ranking, on: data.split, part: .test)
      for metric in saved.metrics {
        #expect(
          abs(try measured.evaluation.value(of: metric) - saved.value(of: metric)) < 1e-6,
          "\(metric)")
      }
      // The same through `compare`, which measures only where it is told to.
      var isMeasured = false
      let again = try opened.evaluation(of: .test, dataAt: nil) { _ in isMeasured = true }
      #expect(!isMeasured && again == saved)
    }
  }

  @Test func `an index is measured beside the exact figures, and replaced in place`() throws {
    try withTemporaryFolder { folder in
      let path = try Saved.copy("mf-then-deepfm", into: folder)
      let opened = try OpenedModel(path)
      let data = try opened.loadData(from: try Saved.data(into: folder))
      let ranking = try FullRanking(of: data.split, settings: opened.settings.evaluate)
      let index = try #require(
        try opened.measuredThroughIndex(by: ranking, on: data.split, part: .test))
      #expect(index.kind == "multi-index" && index.stages["two_stage"] != nil)
      let request = Request(user: "3", count: 4)
      let before = try opened.recommender().recommend(request).items.map(\.id)
      let exact = try BuiltIndex(opened.model.itemVectors(), settings: IndexSettings())
      _ = try opened.replacingIndex(exact, settings: IndexSettings())
      let changed = try OpenedModel(path)
      #expect(changed.settings.index.kind == .exact)
      #expect(
        try changed.measuredThroughIndex(by: ranking, on: data.split, part: .test) == nil)
      #expect(try changed.recommender().recommend(request).items.map(\.id) == before)
    }
  }

  @Test func `other data are refused, and data that are not there`() throws {
    try withTemporaryFolder { folder in
      let opened = try Saved.opened("item2vec")
      let other = try Saved.data(into: folder, seed: 6)
      do {
        _ = try opened.loadData(from: other)
        Issue.record("no error")
      } catch PipelineError.otherData(let path, _, _) {
        #expect(path == other)
      }
      #expect(throws: PipelineError.dataMissing(path: "/data/synthetic", model: opened.path)) {
        try opened.loadData(from: nil)
      }
    }
  }

  @Test func `what is alike and what is best need vectors and inner products`() throws {
    let popularity = try Saved.opened("popularity").recommender()
    #expect(throws: ServingError.noItemVectors(kind: "popularity")) {
      try popularity.similar(to: "1")
    }
    let neuMF = try Saved.opened("neumf")
    #expect(
      throws: PipelineError.noInnerProducts(model: neuMF.path, kind: "neumf", work: "an export")
    ) { try VectorExport(neuMF, as: .npy) }
  }

  @Test func `a request reads its context, and says what it does not know of it`() throws {
    let recommender = try Saved.opened("sasrec-then-din").recommender()
    #expect(recommender.contextNames == ["tab"])
    var request = Request(user: "3", count: 30)
    let plain = try recommender.recommend(request)
    #expect(plain.notices == [.missingContext(["tab"])])
    request.context = ["tab": "search"]
    let search = try recommender.recommend(request)
    #expect(search.notices.isEmpty && search.items.map(\.score) != plain.items.map(\.score))
    request.context = ["tab": "moon"]
    #expect(
      try recommender.recommend(request).notices == [.unknownContext(name: "tab", value: "moon")])
    request.context = ["hour": "3"]
    #expect(throws: ServingError.unknownContext("hour", known: ["tab"])) {
      try recommender.recommend(request)
    }
  }

  @Test func `features of items are filters`() throws {
    let recommender = try Saved.opened("item2vec").recommender()
    let dramas = try recommender.items("genres", are: "Drama")
    #expect(dramas.count > 0 && dramas.count < recommender.items.count)
    var request = Request(user: "3", count: 30)
    request.allowed = dramas
    let found = try recommender.recommend(request)
    #expect(!found.items.isEmpty && found.items.count <= dramas.count)
    request.allowed = nil
    request.excluded = dramas
    let others = try recommender.recommend(request)
    #expect(Set(others.items.map(\.id)).isDisjoint(with: found.items.map(\.id)))
  }
}

@Suite struct VectorExportTests {
  @Test(arguments: [
    (VectorExport.Format.npy, ["items.npy", "items.txt", "users.npy", "users.txt"]),
    (.tsv, ["items.tsv", "users.tsv"]),
    (.safetensors, ["items.txt", "users.txt", "vectors.safetensors"]),
  ])
  func `the vectors of users and items are written, and replace an earlier export`(
    _ format: VectorExport.Format, _ files: [String]
  ) throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "export")
      let export = try VectorExport(try Saved.opened("comirec"), as: format)
      #expect(export.interests == 4 && export.users.rows == 40 * 4)
      for _ in 0..<2 {
        let written = try export.write(to: place)
        #expect(written.files.sorted() == files && written.unconfirmed == nil)
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
          == ["export.json"] + files)
      try Data().write(to: place.appending(path: "mine.txt"))
      #expect(throws: PipelineError.self) { try export.write(to: place) }
    }
  }

  @Test func `a score is the inner product of the written vectors`() throws {
    try withTemporaryFolder { folder in
      let opened = try Saved.opened("item2vec")
      _ = try VectorExport(opened, as: .safetensors).write(to: folder)
      let file = try SafetensorsFile(folder.appending(path: "vectors.safetensors"))
      let (users, items) = (try file.matrix("users"), try file.matrix("items"))
      let found = try opened.recommender().recommend(Request(user: "3", count: 5))
      let user = try #require(opened.users.position(of: "3"))
      for item in found.items {
        let row = try #require(opened.items.position(of: item.id))
        let score = zip(users[user], items[row]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        #expect(abs(score - (item.score ?? .nan)) < 1e-5)
      }
    }
  }
}
