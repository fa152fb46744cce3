import CorralData
import CorralModels
import CorralPipeline
import CorralService
import CorralServing
import CorralSettings
import CorralStore
import CorralTesting
import CorralVectors
import Foundation
import Testing

/// A trained two-tower that is told of items after its training.
@Suite struct NewItemServingTests {
  private static let groups = ["drama", "comedy", "war"]

  /// Trains a small model of users who like one group each; `items` and more are known, the first 45 have
  /// interactions.
  private func train(_ name: String, items: [Int: String], in folder: URL) throws -> URL {
    let place = folder.appending(path: "\(name)-data")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    var random = SeededGenerator(seed: 5)
    var log = "user_id:token\titem_id:token\ttimestamp:float\n"
    for user in 0..<90 {
      for time in 0..<10 {
        log += "u\(user)\ti\(user % 3 + 3 * random.next(below: 15))\t\(100 * user + time)\n"
      }
    }
    try Data(log.utf8).write(to: place.appending(path: "planted.inter"))
    var table = "item_id:token\tgenre:token_seq\tyear:float\n"
    for item in 0..<45 { table += "i\(item)\t\(Self.groups[item % 3])\t\(1990 + item)\n" }
    for (item, group) in items.sorted(by: { $0.key < $1.key }) {
      table += "i\(item)\t\(group)\t2010\n"
    }
    try Data(table.utf8).write(to: place.appending(path: "planted.item"))
    var overlay = Settings.overlay()
    try overlay.apply(
      file: nil,
      assignments: [
        "data.path=\(place.path)", "data.newItems=keep", "retriever.model=two-tower",
        "retriever.dimension=8",
        "train.epochs=12", "train.batch=64", "train.rate=0.02", "evaluate.resamples=0",
      ])
    let settings = try overlay.decoded()
    try settings.validate()
    let data = try LoadedData(settings.data)
    let outcome = try ModelTraining(settings, on: data).trained()
    let model = folder.appending(path: name)
    try ModelSaving(settings: settings, data: data, measured: nil, outcome: outcome)
      .write(to: model)
    return model
  }

  @Test func `a new item is recommended by its features until a model has it`() async throws {
    try await withTemporaryFolder { folder in
      let model = try train("model", items: [:], in: folder)
      let newer = try train("newer", items: [45: "drama"], in: folder)
      var settings = ServiceSettings()
      settings.deadline = 3_600_000
      let service = try RecommendationService(
        model: model, store: Store(folder.appending(path: "store")), settings: settings
      ) { try Recommender.open($0.path) }

      func item(_ id: String, _ group: String) -> ItemRecord {
        var item = ItemRecord(id: id)
        item.categories = [group]
        item.features["year"] = .number(2010)
        return item
      }
      /// Where an item stands for somebody who likes dramas, and the first item of another group.
      func places(of id: String) async throws -> (own: Int?, other: Int) {
        var request = ServiceRequest(history: ["i0", "i3", "i6"], count: 46)
        request.seen = .include
        let ids = try await service.recommend(request).items.map(\.id)
        #expect(Set(ids).count == ids.count)
        let other = ids.firstIndex { $0 != id && Int($0.dropFirst()).map { $0 % 3 != 0 } ?? false }
        return (ids.firstIndex(of: id), try #require(other))
      }

      #expect(try await places(of: "i45").own == nil)
      try await service.put([item("i45", "drama")])
      let new = try await places(of: "i45")
      #expect(try #require(new.own) < new.other, "\(new)")
      #expect(service.status.sideItems == 1)
      // A war film that is called a drama moves up, although its id was trained.
      let before = try await places(of: "i2")
      try await service.put([item("i2", "drama")])
      let after = try await places(of: "i2")
      #expect(try #require(after.own) < #require(before.own), "\(before) \(after)")
      try await service.put([item("i2", "war")])

      _ = try await service.reload(newer)
      let known = try await places(of: "i45")
      #expect(try #require(known.own) < known.other, "\(known)")
      // The record of item 2 differs from the newer model too: its year is another one.
      #expect(service.status.sideItems == 1)
      await service.close()
    }
  }
}
