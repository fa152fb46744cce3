import CorralData
import CorralService
import CorralServing
import CorralStore
import CorralTesting
import Foundation
import Logging
import Synchronization
import Testing

/// Items that a model does not have, or has where they no longer belong.
@Suite struct SideListTests {
  /// A model that places items by genre and year; user `u` likes drama.
  private static let planted = SmallCatalogue(placesByFeatures: true)

  private func item(_ id: String, _ genre: String?, year: Double? = nil) -> ItemRecord {
    var item = ItemRecord(id: id)
    item.title = "New \(id)"
    if let genre { item.categories = [genre] }
    if let year { item.features["year"] = .number(year) }
    return item
  }

  /// A request of somebody who likes drama: the items 0, 3, 6.
  private func drama(_ count: Int = 20) -> ServiceRequest {
    ServiceRequest(history: ["i0", "i3", "i6"], count: count)
  }

  /// The genre of an item of the model.
  private func genre(of id: String) -> Int? {
    id.hasPrefix("i") ? Int(id.dropFirst()).map { $0 % 3 } : nil
  }

  @Test func `a new item is in the next answer, above the items of other groups`() async throws {
    try await withService(Self.planted) { made in
      let before = try await made.service.recommend(drama(60))
      try await made.service.put([item("n1", "drama", year: 2010), item("n2", "war", year: 2010)])
      let after = try await made.service.recommend(drama(70))
      let place = try #require(after.ids.firstIndex(of: "n1"))
      let other = try #require(after.ids.firstIndex(of: "n2"))
      let firstOther = try #require(after.ids.firstIndex { genre(of: $0).map { $0 != 0 } ?? false })
      #expect(place < firstOther && other >= firstOther)
      #expect(after.ids.filter { !$0.hasPrefix("n") } == before.ids)
      let found = after.items[place]
      #expect(found.source == .retriever && found.stage == .retriever && found.title == "New n1")
      #expect(made.service.status.sideItems == 2)
      // Whoever met it does not get it again, and other sources do not bring it twice.
      _ = try await made.service.accept([Event(user: "new", item: "n1", type: "click")])
      var request = drama(70)
      request.user = "new"
      request.history = nil
      _ = try await made.service.accept([Event(user: "new", item: "i0", type: "click")])
      let met = try await made.service.recommend(request)
      #expect(!met.ids.contains("n1") && met.ids.contains("n2"))
      request.seen = .include
      let again = try await made.service.recommend(request)
      #expect(again.ids.count { $0 == "n1" } == 1)
    }
  }

  @Test func `it goes when it is deleted, hidden, expired, filtered or excluded`() async throws {
    try await withService(Self.planted) { made in
      let service = made.service
      func isShown(_ change: (inout ServiceRequest) -> Void = { _ in }) async throws -> Bool {
        var request = drama()
        change(&request)
        return try await service.recommend(request).ids.contains("n1")
      }
      try await service.put([item("n1", "drama", year: 2010)])
      #expect(try await isShown())
      #expect(try await isShown { $0.filter = Filter(["genre": .oneOf(["drama"])]) } == false)
      #expect(try await isShown { $0.filter = Filter(["category": .oneOf(["drama"])]) })
      #expect(try await isShown { $0.filter = Filter(["category": .oneOf(["war"])]) } == false)
      #expect(try await isShown { $0.filter = Filter(["year": .range(min: 2000, max: 2010)]) })
      #expect(
        try await isShown { $0.filter = Filter(["year": .range(min: 2011, max: nil)]) } == false)
      #expect(try await isShown { $0.excluded = ["n1"] } == false)
      var hidden = item("n1", "drama", year: 2010)
      hidden.isHidden = true
      try await service.put([hidden])
      #expect(try await isShown() == false)
      #expect(service.status.sideItems == 0)
      var early = item("n1", "drama", year: 2010)
      early.publishedAt = made.clock.now + 60
      try await service.put([early])
      #expect(try await isShown() == false)
      made.clock.pass(61)
      #expect(try await isShown())
      var late = item("n1", "drama", year: 2010)
      late.expiresAt = made.clock.now + 60
      try await service.put([late])
      #expect(try await isShown())
      made.clock.pass(61)
      #expect(try await isShown() == false)
      try await service.put([item("n1", "drama", year: 2010)])
      #expect(try await isShown())
      #expect(try await service.deleteItem("n1"))
      #expect(try await isShown() == false)
      #expect(service.status.sideItems == 0)
    }
  }

  @Test func `an item whose category changes moves, and back again`() async throws {
    try await withService(Self.planted) { made in
      let before = try await made.service.recommend(drama(60))
      let old = try #require(before.ids.firstIndex(of: "i1"))
      try await made.service.put([item("i1", "drama")])
      let moved = try await made.service.recommend(drama(60))
      let new = try #require(moved.ids.firstIndex(of: "i1"))
      #expect(moved.ids.count == before.ids.count && Set(moved.ids) == Set(before.ids))
      #expect(old >= 17 && new < 18, "from place \(old) to place \(new)")
      #expect(made.service.status.sideItems == 1)
      // What the record does not say stays as the model has it: the year.
      let scores = Dictionary(moved.items.map { ($0.id, $0.score ?? 0) }) { $1 }
      try await made.service.put([item("i1", "drama", year: 1990)])
      let older = try await made.service.recommend(drama(60))
      #expect(try #require(older.items.first { $0.id == "i1" }?.score) != scores["i1"])
      try await made.service.put([item("i1", "comedy", year: 1991)])
      #expect(try await made.service.recommend(drama(60)).ids == before.ids)
      #expect(made.service.status.sideItems == 0)
      // A category that the model does not know is as good as none.
      try await made.service.put([item("i1", "opera"), item("n1", "opera"), item("n2", nil)])
      #expect(made.service.status.sideItems == 1)
      #expect(try await !made.service.recommend(drama(70)).ids.prefix(57).contains("n1"))
    }
  }

  @Test func `a model that has the item finds it in its index`() async throws {
    // Item 60 of the newer model is a drama of 2010, and item 61 a comedy of 2011.
    let newer = SmallCatalogue(items: 62, placesByFeatures: true)
    try await withService(["model": Self.planted, "newer": newer]) { made in
      try await made.service.put([
        item("i60", "drama", year: 2010), item("i61", "war", year: 2011), item("n1", "drama"),
      ])
      #expect(made.service.status.sideItems == 3)
      let before = try await made.service.recommend(drama(62))
      #expect(before.ids.contains("i60"))
      _ = try await made.service.reload(made.folder.appending(path: "newer"))
      // The newer model has item 61 as a comedy, and lacks the last one.
      #expect(made.service.status.sideItems == 2)
      let after = try await made.service.recommend(drama(63))
      #expect(after.model.hasPrefix("newer"))
      for id in ["i60", "i61", "n1"] { #expect(after.ids.count { $0 == id } == 1, "\(id)") }
      let explained = try await made.service.explain("i60", for: drama(63))
      #expect(!explained.steps.contains { $0.reason.contains("features") })
    }
  }

  @Test func `what was told before the start is placed at the start`() async throws {
    try await withTemporaryFolder { folder in
      let models = ["model": Self.planted]
      let first = try MadeUpService(models, in: folder)
      try await first.service.put([item("n1", "drama", year: 2010)])
      await first.service.close()
      let second = try MadeUpService(models, in: folder)
      #expect(second.service.status.sideItems == 1)
      #expect(try await second.service.recommend(drama()).ids.contains("n1"))
      await second.service.close()
    }
  }

  @Test func `a model that places nothing by features says nothing new`() async throws {
    for catalogue in [
      SmallCatalogue(), SmallCatalogue(clusters: 3, placesByFeatures: true),
    ] {
      try await withService(catalogue) { made in
        let before = try await made.service.recommend(drama(60))
        try await made.service.put([item("n1", "drama", year: 2010), item("i1", "drama")])
        let after = try await made.service.recommend(drama(60))
        #expect(after.ids.prefix(57) == before.ids.prefix(57))
        #expect(made.service.status.sideItems == 0)
        let explained = try await made.service.explain("n1", for: drama())
        #expect(explained.steps.contains { $0.reason.contains("does not have the item") })
      }
    }
  }

  @Test func `explanations, similar items and given items know it`() async throws {
    try await withService(Self.planted) { made in
      let service = made.service
      try await service.put([item("n1", "drama", year: 2010), item("i1", "drama")])
      var request = drama()
      request.isExplained = true
      let answer = try await service.recommend(request)
      for id in ["n1", "i1"] {
        let shown = try #require(answer.items.first { $0.id == id })
        let reasons = try #require(shown.because)
        #expect(reasons.count == 3 && reasons.allSatisfy { ["i0", "i3", "i6"].contains($0.id) })
        #expect(reasons.allSatisfy { $0.similarity > 0.9 && $0.similarity < 1.001 })
        let explained = try await service.explain(id, for: drama())
        #expect(explained.isShown)
        let step = try #require(explained.steps.first { $0.stage == "retriever" })
        #expect(step.passed && step.score == shown.score && step.reason.contains("features"))
      }
      // One that is too far down still has its score.
      try await service.put([item("n2", "war", year: 2010)])
      let far = try await service.explain("n2", for: drama(5))
      let step = try #require(far.steps.first { $0.stage == "retriever" })
      #expect(!far.isShown && !step.passed && step.score != nil)
      #expect(step.reason.contains("places it by its features"))

      let similar = try service.similar(to: "n1", count: 20, filter: Filter())
      #expect(similar.count == 20 && !similar.map(\.id).contains("n1"))
      #expect(similar.prefix(20).allSatisfy { $0.id == "i1" || genre(of: $0.id) == 0 })
      #expect(try service.similar(to: "i0", count: 25, filter: Filter()).map(\.id).contains("n1"))
      #expect(
        try service.similar(to: "i1", count: 5, filter: Filter()).allSatisfy {
          $0.id == "n1" || genre(of: $0.id) == 0
        })

      let ranked = try await service.rank(["n2", "i2", "n1", "i9"], for: drama())
      #expect(
        Set(ranked.ids.prefix(2)) == ["n1", "i9"] && Set(ranked.ids) == ["n2", "i2", "n1", "i9"])
      #expect(ranked.items.allSatisfy { $0.source == .retriever && $0.score != nil })
    }
  }

  @Test func `sources keep their shares beside it, and no item comes twice`() async throws {
    var settings = ServiceSettings()
    (settings.sources.retriever, settings.sources.latest) = (0.5, 0.5)
    try await withService(Self.planted, settings: settings) { made in
      try await made.service.put((0..<6).map { item("n\($0)", "drama", year: 2010 + Double($0)) })
      let answer = try await made.service.recommend(drama(12))
      #expect(Set(answer.ids).count == 12)
      #expect(answer.items.count { $0.source == .latest } == 6)
    }
  }

  @Test func `a ranker orders the changed items of the model, and new ones keep their places`()
    async throws
  {
    let catalogue = SmallCatalogue(placesByFeatures: true, ranker: LastFirst(), candidates: 20)
    try await withService(catalogue) { made in
      try await made.service.put([item("n1", "drama", year: 2029), item("i1", "drama")])
      let answer = try await made.service.recommend(drama(20))
      #expect(answer.ids.contains("n1") && Set(answer.ids).count == 20)
      let numbers = answer.ids.compactMap { $0.hasPrefix("i") ? Int($0.dropFirst()) : nil }
      #expect(numbers == numbers.sorted(by: >) && numbers.last == 1)
      #expect(answer.items.first { $0.id == "n1" }?.stage == .retriever)
    }
  }

  @Test func `an item of which training knew nothing is placed once it has features`() async throws
  {
    // Every fifth item is unplaced, and comes last.
    let catalogue = SmallCatalogue(unplacedEvery: 5, placesByFeatures: true)
    try await withService(catalogue) { made in
      let before = try await made.service.recommend(drama(60))
      #expect(before.ids.firstIndex(of: "i5") ?? 0 > 40)
      // Item 5 is a war film for the model; a placed one scores above all that are not.
      try await made.service.put([item("i5", "drama")])
      let after = try await made.service.recommend(drama(60))
      #expect(try #require(after.ids.firstIndex(of: "i5")) < 16)
      #expect(after.items.first { $0.id == "i5" }?.title == "New i5")
      #expect(Set(after.ids) == Set(before.ids) && after.ids.count == before.ids.count)
    }
  }
}
