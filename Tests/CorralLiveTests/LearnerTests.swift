import CorralArtifacts
import CorralData
import CorralLive
import CorralPipeline
import CorralServing
import CorralStreaming
import CorralTesting
import CorralTraining
import CorralVectors
import Foundation
import Testing

@Suite struct `a learner` {
  @Test func `learns each event once, in order, and takes new users and items`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      try stream.append(PlantedStream.rest())
      let news = try stream.catchUp()
      let report = try news.report
      #expect(report.tally.events == 700)
      // The first event of each of the 20 new users has no history to learn from.
      #expect(report.tally.beginnings == 20 && report.tally.examples == 680)
      #expect(report.tally.newUsers == 20 && report.tally.newItems == 8)
      #expect(report.users == 50 && report.items == 32)
      #expect(report.steps == (680 + 31) / 32)
      let opened = try OpenedModel(stream.model.path)
      #expect(opened.users.count == 50 && opened.items.count == 32)
      #expect(opened.histories[0].count == 24)
      let mark = try #require(try opened.saved.streamMark)
      #expect(mark.examples == 680 && mark.publication == news.published.count)
      #expect(mark.position == report.position)
    }
  }

  @Test func `a new item is recommended to those who like its kind`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      let before = try Recommender.open(stream.model.path)
      #expect(before.items.position(of: "a13") == nil)
      var settings = PlantedStream.settings
      settings.learn.rate = 0.05
      try stream.append(PlantedStream.rest(10..<60))
      let report = try stream.catchUp(settings).report
      let after = try Recommender.open(stream.model.path)
      func places(_ user: String, _ history: [String]) throws -> Set<String> {
        var request = Request(user: user, count: 8)
        request.history = history
        return Set(try after.recommend(request).items.map(\.id))
      }
      // The circle goes from a12 to a13.
      #expect(try places("u40", ["a9", "a10", "a11", "a12"]).contains("a13"))
      #expect(try !places("u41", ["b9", "b10", "b11", "b12"]).contains("a13"))
      // What is learned is seen in predictions of events that were not learned yet.
      #expect(report.predicted.recall > 0.8, "\(report.predicted)")
    }
  }

  @Test(arguments: [1, 2, 5])
  func `that was stopped again and again ends with the same bytes`(every: Int) throws {
    try withTemporaryFolder { folder in
      let whole = try PlantedStream(in: folder.appending(path: "whole").made())
      try whole.append(PlantedStream.rest())
      try whole.catchUp()
      let parts = try PlantedStream(in: folder.appending(path: "parts").made())
      try parts.append(PlantedStream.rest())
      var (runs, isDone) = (0, false)
      while !isDone, runs < 100 {
        var turns = 0
        runs += 1
        isDone = true
        try parts.catchUp {
          turns += 1
          // Every run gets a little further than the one before, or the last examples would never end one.
          let isStopped = turns > every + runs / 8
          if isStopped { isDone = false }
          return isStopped
        }
      }
      #expect(runs > 3)
      #expect(try whole.learned() == parts.learned())
    }
  }

  @Test func `that lost its last steps in a crash learns them again, and nothing twice`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      try stream.append(PlantedStream.rest(10..<14))
      try stream.catchUp()
      // The crash: everything after this moment is gone but the log.
      let saved = folder.appending(path: "saved")
      try FileManager.default.copyItem(at: stream.live.checkpoint, to: saved)
      try stream.append(PlantedStream.rest(14..<24))
      try stream.catchUp()
      let learned = try stream.learned()
      try FileManager.default.removeItem(at: stream.live.checkpoint)
      try FileManager.default.moveItem(at: saved, to: stream.live.checkpoint)
      let report = try stream.catchUp().report
      #expect(report.tally.examples == 680)
      #expect(try stream.learned() == learned)
      // Three runs published, and the model counts no example of theirs twice.
      let data = try OpenedModel(stream.model.path).saved.manifest.data
      #expect(data.interactions == PlantedStream.first.count + 680)
      // The weights of a model that counts: each event is in its item's count once.
      #expect(try counts(of: stream) == wantedCounts())
    }
  }

  /// How often each item was learned, by its id.
  private func counts(of stream: PlantedStream) throws -> [String: Int] {
    let items = try OpenedModel(stream.model.path).items
    let file = try SavedModel.open(stream.live.checkpoint).tensors("training.safetensors")
    let counts: [Int64] = try file.array("counts")
    return Dictionary(uniqueKeysWithValues: zip(items.ids, counts.map { Int($0) }))
  }

  /// The same of the events themselves; those that begin the history of a new user teach nothing.
  private func wantedCounts() -> [String: Int] {
    var wanted: [String: Int] = [:]
    let known = Set(PlantedStream.first.map(\.user))
    for event in PlantedStream.first { wanted[event.item, default: 0] += 1 }
    for (number, event) in PlantedStream.rest().enumerated() {
      let isBeginning = number < 50 && !known.contains(event.user)
      wanted[event.item, default: 0] += isBeginning ? 0 : 1
    }
    return wanted
  }

  @Test func `waits for a step no longer than its patience`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      var settings = PlantedStream.settings
      settings.patience = 0.01
      try stream.append(Array(PlantedStream.rest(10..<11).prefix(5)))
      let lock = try stream.live.claim()
      try withExtendedLifetime(lock) {
        let learner = try stream.learner(settings)
        let start = ContinuousClock.now
        var steps = 0
        try learner.run(
          reportEvery: 0,
          shouldStop: { steps > 0 || (ContinuousClock.now - start).inSeconds > 3600 }
        ) { if case .report(let report) = $0 { steps = report.steps } }
        #expect(steps == 1)
      }
    }
  }

  @Test func `waits for a server that is away, says so once, and misses nothing`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      let events = PlantedStream.rest(10..<14)
      let flaky = FlakySource(events)
      var settings = PlantedStream.settings
      settings.patience = 0.01
      var (report, waits) = (LearnerReport(), [String]())
      let start = ContinuousClock.now
      try Learner(stream.model.path, settings: settings, source: { _ in flaky }).run(
        reportEvery: 0,
        shouldStop: {
          report.tally.events == 200 || (ContinuousClock.now - start).inSeconds > 3600
        }
      ) {
        if case .report(let now) = $0 { report = now }
        if case .waiting(let reason) = $0 { waits.append(reason) }
      }
      #expect(report.tally.events == 200 && flaky.absences > 3)
      #expect(waits.count == flaky.absences / 2 && waits[0].contains("nobody answers"))
      let once = FlakySource(events)
      #expect(throws: StreamError.self) {
        try Learner(stream.model.path, settings: settings, source: { _ in once })
          .run(until: .caughtUp) { _ in }
      }
    }
  }

  @Test func `begins behind what is there, where a model was trained on it`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      try stream.append(PlantedStream.rest(10..<14))
      var settings = PlantedStream.settings
      settings.start = .now
      #expect(try stream.catchUp(settings).report.tally.events == 0)
      try stream.append(PlantedStream.rest(14..<15))
      #expect(try stream.catchUp(settings).report.tally.events == 50)
      let reports = try String(contentsOf: stream.live.reports, encoding: .utf8)
      #expect(reports.contains("\"predicted\""))
    }
  }

  @Test func `keeps nothing of those who asked to be forgotten, and learns nothing of them`() throws
  {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      try stream.append(PlantedStream.rest(10..<14))
      let asked = Descriptions(
        item: { _ in nil }, user: { _ in nil },
        forgotten: { Set($0).intersection(["u3", "u44"]) })
      func run() throws -> LearnerReport {
        var last = LearnerReport()
        try Learner(
          stream.model.path, settings: PlantedStream.settings, descriptions: asked,
          source: { try FileSource(stream.log, at: $0) }
        ).run(until: .caughtUp) { if case .report(let report) = $0 { last = report } }
        return last
      }
      // One was new, and came back four times; the other was in the model.
      #expect(try run().tally.forgotten == 4)
      let opened = try OpenedModel(stream.model.path)
      #expect(opened.users.position(of: "u3") == nil && opened.users.position(of: "u44") == nil)
      #expect(opened.users.count == 49 && opened.histories[3].isEmpty)
      #expect(!opened.histories[5].isEmpty)
      for place in [stream.model, stream.live.checkpoint] {
        let text = try String(contentsOf: place.appending(path: ModelFile.users), encoding: .utf8)
        #expect(!text.contains("u3\n") && !text.contains("u44"))
      }
      // They come back once more, and stay nobody.
      try stream.append(PlantedStream.rest(14..<15))
      #expect(try run().tally.forgotten == 6)
    }
  }

  @Test func `repeats recent examples, and ends with the same bytes all the same`() throws {
    try withTemporaryFolder { folder in
      var settings = PlantedStream.settings
      (settings.learn.replay, settings.learn.replayed) = (0.5, 40)
      let whole = try PlantedStream(in: folder.appending(path: "whole").made())
      try whole.append(PlantedStream.rest())
      let report = try whole.catchUp(settings).report
      #expect(report.tally.examples == 680 && report.steps == (680 + 15) / 16)
      let parts = try PlantedStream(in: folder.appending(path: "parts").made())
      try parts.append(PlantedStream.rest())
      var turns = 0
      try parts.catchUp(settings) {
        turns += 1
        return turns > 9
      }
      try parts.catchUp(settings)
      #expect(try whole.learned() == parts.learned())
      let plain = try PlantedStream(in: folder.appending(path: "plain").made())
      try plain.append(PlantedStream.rest())
      try plain.catchUp()
      #expect(try whole.learned() != plain.learned())
    }
  }

  @Test func `gives events the weights of rules, and says what it could not use`() throws {
    try withTemporaryFolder { folder in
      let stream = try PlantedStream(in: folder)
      var settings = PlantedStream.settings
      settings.events.weights = ["buy": 4, "rating>=4": 1]
      try stream.append(
        "u1,b3,buy,,1\nu1,b4,rating,5,2\nu1,b5,rating,3,3\nu1,b6,impression,,4\nu1,b7,view,,5\n")
      let tally = try stream.catchUp(settings).report.tally
      #expect(tally.events == 5 && tally.examples == 2)
      #expect(tally.unruled == 2 && tally.worthless == 1)
    }
  }
}

extension URL {
  /// The folder, made.
  func made() throws -> URL {
    try FileManager.default.createDirectory(at: self, withIntermediateDirectories: true)
    return self
  }
}

/// A source whose server is away twice after each seventy events.
private final class FlakySource: EventSource {
  let name = "flaky"
  private(set) var position = StreamPosition.input(InputPlace(lines: 0))
  let hasEnded = false
  let deadLetters = 0
  private(set) var absences = 0
  private var left: ArraySlice<StreamEvent>
  private var given = 0

  init(_ events: [StreamEvent]) { left = events[...] }

  func available(_ limit: Int) throws -> [StreamRecord] {
    if given >= 70 || left.count == 200 && absences < 2 {
      absences += 1
      if absences.isMultiple(of: 2) { given = 0 }
      throw StreamError.unreachable(source: name, reason: "nobody answers")
    }
    let chunk = left.prefix(min(limit, 70 - given))
    left = left.dropFirst(chunk.count)
    given += chunk.count
    return chunk.enumerated().map { place, event in
      let lines = 200 - left.count - chunk.count + place + 1
      position = .input(InputPlace(lines: lines))
      return StreamRecord(event: event, position: position)
    }
  }

  func wait(_ seconds: Double) {}
  func seek(to position: StreamPosition) {}
  func lag() -> StreamLag { StreamLag(events: left.count) }
}
