import CorralCLI
import CorralSettings
import Foundation
import Testing

/// Items that occur in the test part only: every model recommends them after all others, unless their
/// features place them.
@Suite struct `recommendation of items that training never met` {
  struct Answer: Decodable {
    struct Item: Decodable { let id: String }
    let items: [Item]
    let fallback: String?
  }

  /// 24 users walk over the items i0 to i19 until time 100, and each meets one of n0 to n5 after it.
  private func write(into folder: URL) throws -> URL {
    var log = "user_id,item_id,timestamp\n"
    for user in 0..<24 {
      for step in 0..<8 { log += "u\(user),i\((user + 3 * step) % 20),\(user % 4 + step * 10)\n" }
      log += "u\(user),n\(user % 6),\(200 + user)\n"
    }
    let file = folder.appending(path: "log.csv")
    try Data(log.utf8).write(to: file)
    return file
  }

  private static let cut = [
    "data.split.rule=time-cut", "data.split.validationFrom=150", "data.split.testFrom=150",
  ].flatMap { ["--set", $0] }

  @Test(arguments: RetrieverBlock.names)
  func `every model gives them last`(model: String) throws {
    try check(model, [])
  }

  @Test(
    arguments: [
      ("mf", "hnsw"), ("implicit-als", "multi-index"), ("comirec", "multi-index"),
      ("popularity", "hnsw"),
    ])
  func `every index gives them last`(model: String, index: String) throws {
    try check(model, ["--set", "index.kind=\(index)", "--set", "index.clusters=4"])
  }

  @Test func `a ranker leaves them last`() throws {
    try check(
      "mf",
      ["ranker.model=deepfm", "rankerTraining.train.epochs=1", "evaluate.candidates=26"]
        .flatMap { ["--set", $0] })
  }

  private func check(_ model: String, _ more: [String]) throws {
    try withTemporaryFolder { folder in
      let data = try write(into: folder)
      let place = folder.appending(path: "model").path
      let trained = try Binary.run(
        ["train", "--data", data.path, "--out", place, "--set", "retriever.model=\(model)", "-q"]
          + (model == "popularity" ? [] : ["--set", "retriever.dimension=8"])
          + TinyData.quick + Self.cut + more)
      #expect(trained.code == 0, "\(trained.errors)")
      // 26 items less the nine that each user met: twelve of the trained and five new ones.
      let outcome = try Binary.run("recommend", place, "--user", "u3", "-k", "17", "--json")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let ids = try outcome.json(Answer.self).items.map(\.id)
      #expect(ids.count == 17 && ids.prefix(12).allSatisfy { $0.hasPrefix("i") }, "\(ids)")
      #expect(ids.dropFirst(12) == ["n0", "n1", "n2", "n4", "n5"], "\(ids)")
      // A history of such items says nothing, so that what is popular answers, and is said to.
      let blind = try Binary.run("recommend", place, "--history", "n0,n1", "--json")
        .json(Answer.self)
      #expect((blind.fallback == "popular") == (model != "popularity"))
    }
  }

  /// Users like one of two genres; each genre has a new item that stands in the item file alone.
  @Test(arguments: ["two-tower", "dssm", "mf"])
  func `new items of the item file are recommended by the models that place them`(
    model: String
  ) throws {
    try withTemporaryFolder { folder in
      let place = folder.appending(path: "films")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      var log = "user_id:token\titem_id:token\ttimestamp:float\n"
      for user in 0..<40 {
        for step in 0..<6 {
          log += "u\(user)\ti\((user / 2 + step) % 8 * 2 + user % 2)\t\(user * 100 + step)\n"
        }
      }
      var items = "item_id:token\tgenre:token_seq\n"
      for item in 0..<16 { items += "i\(item)\t\(item % 2 == 0 ? "Even" : "Odd")\n" }
      items += "newEven\tEven\nnewOdd\tOdd\n"
      try Data(log.utf8).write(to: place.appending(path: "films.inter"))
      try Data(items.utf8).write(to: place.appending(path: "films.item"))
      let saved = folder.appending(path: "model").path
      let trained = try Binary.run(
        ["train", "--data", place.path, "--out", saved, "--set", "retriever.model=\(model)", "-q"]
          + TinyData.quick + ["--set", "retriever.dimension=16", "--set", "train.epochs=12"])
      #expect(trained.code == 0, "\(trained.errors)")
      let places = model != "mf"
      for user in [4, 7] {
        let outcome = try Binary.run("recommend", saved, "--user", "u\(user)", "-k", "12", "--json")
        let ids = try outcome.json(Answer.self).items.map(\.id)
        let (own, other) = user % 2 == 0 ? ("newEven", "newOdd") : ("newOdd", "newEven")
        let place = ids.firstIndex(of: own) ?? ids.count
        #expect((place < 5) == places, "\(model): \(ids)")
        #expect(!places || place < ids.firstIndex(of: other) ?? ids.count, "\(model): \(ids)")
      }
      // What is measured are the items with interactions, whatever else the catalogue holds.
      let measured = try Binary.run("evaluate", saved)
      #expect(measured.output.contains("all 16 items"), "\(measured.output)")
    }
  }
}
