import CorralService
import CorralServing
import CorralStore
import CorralTesting
import CorralVectors
import Foundation
import Testing

@Suite struct FilterTests {
  /// Whether an item of `SmallCatalogue` meets a condition that `random` makes.
  private static func madeUp(
    _ random: inout SeededGenerator
  ) -> (Filter, (_ number: Int) -> Bool) {
    var filter = Filter()
    var tests: [(Int) -> Bool] = []
    let genres = ["drama", "comedy", "war"]
    if random.next(below: 3) == 0 {
      let wanted = (0..<3).filter { _ in random.next(below: 2) == 0 }
      filter.conditions[random.next(below: 2) == 0 ? "genre" : "category"] = .oneOf(
        wanted.map { genres[$0] })
      tests.append { wanted.contains($0 % 3) }
    }
    if random.next(below: 3) == 0 {
      let least = Double(1985 + random.next(below: 50))
      let most = least + Double(random.next(below: 12))
      let isOpen = random.next(below: 2) == 0
      filter.conditions["year"] = .range(min: least, max: isOpen ? nil : most)
      tests.append { number in
        let year = Double(1990 + number % 40)
        return year >= least && (isOpen || year <= most)
      }
    }
    return (filter, { number in tests.allSatisfy { $0(number) } })
  }

  /// Random filters, exclusions, histories, hidden, expired and unpublished items, against a twin that
  /// looks at every item: nothing forbidden is ever shown, and nobody gets less than there is.
  @Test(arguments: [false, true], [0, 5])
  func `nothing forbidden is shown and nobody gets less than there is`(
    _ isRanked: Bool, _ unplacedEvery: Int
  ) async throws {
    var settings = ServiceSettings()
    settings.sources.similar = 0.2
    settings.sources.popular = 0.2
    settings.sources.trending = 0.2
    settings.sources.latest = 0.2
    for sources in [SourceShares(), settings.sources] {
      settings.sources = sources
      let catalogue = SmallCatalogue(
        unplacedEvery: unplacedEvery, ranker: isRanked ? LastFirst() : nil)
      try await withService(catalogue, settings: settings) { made in
        var random = SeededGenerator(seed: isRanked ? 3 : 4)
        // Items 60 to 69 are the service's own; all have the columns of the model.
        var records: [Int: ItemRecord] = [:]
        for number in (0..<70).filter({ $0 >= 60 || $0 % 6 == 1 }) {
          var record = ItemRecord(id: "i\(number)")
          record.categories = [["drama", "comedy", "war"][number % 3]]
          record.features = [
            "genre": .categories(record.categories), "year": .number(Double(1990 + number % 40)),
          ]
          records[number] = record
        }
        try await made.service.put(Array(records.values))
        for round in 0..<150 {
          // Something of the catalogue changes, or time passes.
          let changing = records.keys.sorted()[random.next(below: records.count)]
          if var record = records[changing] {
            record.isHidden = random.next(below: 4) == 0
            let now = made.clock.now
            record.publishedAt =
              random.next(below: 3) == 0 ? now + Double(random.next(below: 40) - 20) : nil
            record.expiresAt =
              random.next(below: 3) == 0 ? now + Double(random.next(below: 40) - 20) : nil
            records[changing] = record
            try await made.service.put([record])
          }
          made.clock.pass(Double(random.next(below: 4)))
          let now = made.clock.now
          let (filter, meets) = Self.madeUp(&random)
          let history = (0..<random.next(below: 5) * 3).map { _ in random.next(below: 70) }
          let excluded = (0..<random.next(below: 6)).map { _ in random.next(below: 70) }
          let isIncluded = random.next(below: 3) == 0
          var request = ServiceRequest(
            history: history.map { "i\($0)" }, count: 1 + random.next(below: 80))
          request.filter = filter
          request.excluded = excluded.map { "i\($0)" }
          request.seen = isIncluded ? .include : .exclude
          request.diversity = random.next(below: 4) == 0 ? 0.5 : 0
          let allowed = Set(
            (0..<70).filter { number in
              let record = records[number]
              return meets(number) && !excluded.contains(number)
                && (isIncluded || !history.contains(number)) && !(record?.isHidden ?? false)
                && (record?.publishedAt.map { $0 <= now } ?? true)
                && (record?.expiresAt.map { $0 > now } ?? true)
            }.map { "i\($0)" })
          let answer = try await made.service.recommend(request)
          #expect(Set(answer.ids).isSubset(of: allowed), "round \(round)")
          #expect(Set(answer.ids).count == answer.items.count, "round \(round)")
          #expect(answer.items.count == min(request.count, allowed.count), "round \(round)")
          for source in [Source.popular, .trending, .latest] {
            let list = try made.service.list(source, count: 70, offset: 0, filter: filter)
            #expect(
              list.allSatisfy { item in
                item.source == source
                  && Int(item.id.dropFirst()).map { number in
                    meets(number) && !(records[number]?.isHidden ?? false)
                      && (records[number]?.publishedAt.map { $0 <= now } ?? true)
                      && (records[number]?.expiresAt.map { $0 > now } ?? true)
                  } ?? false
              }, "round \(round) \(source)")
          }
          for number in history.prefix(2) {
            let event = Event(user: "anybody", item: "i\(number)", type: "click")
            _ = try await made.service.accept([event])
          }
        }
      }
    }
  }

  @Test func `what the service is told of an item stands over the model`() async throws {
    try await withService { made in
      var request = ServiceRequest(user: "u1", count: 60)
      request.filter = Filter([Filter.category: .oneOf(["western"])])
      #expect(try await made.service.recommend(request).items.isEmpty)
      var record = ItemRecord(id: "i7")
      record.title = "Another title"
      record.categories = ["western", "comedy"]
      record.features = ["price": .number(9)]
      try await made.service.put([record])
      var answer = try await made.service.recommend(request)
      #expect(answer.ids == ["i7"] && answer.items[0].title == "Another title")
      request.filter = Filter(["price": .range(min: 5, max: nil)])
      #expect(try await made.service.recommend(request).ids == ["i7"])
      // The column of the model stays where the record says nothing.
      request.filter = Filter(["genre": .oneOf(["comedy"]), "year": .range(min: nil, max: 1997)])
      answer = try await made.service.recommend(request)
      #expect(Set(answer.ids) == ["i1", "i4", "i7", "i43", "i46"])
      #expect(
        try made.service.item("i7")?.features == [
          "price": .number(9), "genre": .categories(["comedy"]), "year": .number(1997),
        ])
      record.categories = []
      record.features = [:]
      try await made.service.put([record])
      request.filter = Filter([Filter.category: .oneOf(["western"])])
      #expect(try await made.service.recommend(request).items.isEmpty)
      request.filter = Filter([Filter.category: .oneOf(["comedy"])])
      #expect(try await made.service.recommend(request).ids.contains("i7"))
    }
  }
}
