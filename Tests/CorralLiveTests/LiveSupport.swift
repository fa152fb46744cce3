import CorralArtifacts
import CorralData
import CorralLive
import CorralPipeline
import CorralSettings
import CorralStreaming
import CorralTraining
import CorralVectors
import Foundation
import Testing

/// A model of users who take the items of their camp in a circle, and the stream that goes on with it.
struct PlantedStream {
  let folder: URL

  /// The folder of the model.
  var model: URL { folder.appending(path: "model") }
  /// The log that goes on.
  var log: URL { folder.appending(path: "log.csv") }
  var live: LiveFolder { LiveFolder(beside: model) }

  /// A small two-tower, and an empty log that goes on.
  init(in folder: URL, _ assignments: [String] = []) throws {
    self.folder = folder
    if assignments.isEmpty {
      try FileManager.default.copyItem(at: Self.plain.get(), to: model)
    } else {
      try Self.train(assignments, in: folder)
    }
    try Data(Self.header.utf8).write(to: log)
  }

  /// The model without assignments, trained once for all tests.
  private static let plain = Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "corral-planted-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try train([], in: folder)
    return folder.appending(path: "model")
  }

  private static func train(_ assignments: [String], in folder: URL) throws {
    let data = folder.appending(path: "first.csv")
    try Data((header + lines(first)).utf8).write(to: data)
    let settings = try settings(data.path, assignments)
    let loaded = try LoadedData(settings.data)
    let outcome = try ModelTraining(settings, on: loaded).trained()
    try ModelSaving(settings: settings, data: loaded, measured: nil, outcome: outcome)
      .write(to: folder.appending(path: "model"))
  }

  private static func settings(_ path: String, _ assignments: [String]) throws -> Settings {
    var overlay = Settings.overlay()
    try overlay.apply(
      file: nil,
      assignments: [
        "train.epochs=4", "train.batch=64", "train.rate=0.02", "data.path=\(path)",
        "train.patience=0", "train.threads=1", "correction.estimator.buckets=256",
      ] + (assignments.contains { $0.hasPrefix("retriever.") } ? [] : small) + assignments)
    return try overlay.decoded()
  }

  private static let small = ["retriever.model=two-tower", "retriever.dimension=8"]

  static let header = "user,item,type,value,time\n"
  static let perCamp = 12

  /// A step of a user in the circle of their camp.
  static func event(user: Int, step: Int, items: Int = perCamp) -> StreamEvent {
    StreamEvent(
      user: "u\(user)", item: "\(user % 2 == 0 ? "a" : "b")\((user + step) % items)",
      type: "click", time: Double(1_700_000_000 + step * 1000 + user))
  }

  /// What the first model is trained on: 30 users, 10 steps each, and one clock.
  static let first: [StreamEvent] = (0..<10).flatMap { step in
    (0..<30).map { event(user: $0, step: step) }
  }

  /// What comes after: the same users and 20 new ones, over items of which a quarter are new.
  static func rest(_ steps: Range<Int> = 10..<24) -> [StreamEvent] {
    steps.flatMap { step in
      (0..<50).map { event(user: $0, step: step, items: perCamp + 4) }
    }
  }

  static func lines(_ events: [StreamEvent]) -> String {
    events.map { event in
      "\(event.user),\(event.item),\(event.type ?? ""),\(event.value.map { "\($0)" } ?? ""),"
        + "\(event.time.map { "\(Int($0))" } ?? "")\n"
    }.joined()
  }

  /// Adds events to the log.
  func append(_ events: [StreamEvent]) throws { try append(Self.lines(events)) }

  /// Adds lines to the log as they are.
  func append(_ lines: String) throws {
    let handle = try FileHandle(forWritingTo: log)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(lines.utf8))
    try handle.close()
  }

  /// Settings under which a run depends on its log alone.
  static var settings: LiveSettings {
    var settings = LiveSettings()
    (settings.learn.batch, settings.learn.warmUp) = (32, 5)
    settings.patience = 0
    (settings.publish.seconds, settings.publish.examples) = (0, 200)
    (settings.checkpoint.seconds, settings.checkpoint.steps) = (0, 3)
    settings.predict.share = 1
    return settings
  }

  /// A learner of the log as it is.
  func learner(
    _ settings: LiveSettings = settings, skippingBad: Bool = false
  ) throws -> Learner {
    try Learner(model.path, settings: settings) {
      try FileSource(log, deadLetter: skippingBad ? live.deadLetter : nil, at: $0)
    }
  }

  /// Runs a learner until all of the log is learned; returns what it told.
  @discardableResult
  func catchUp(
    _ settings: LiveSettings = settings, skippingBad: Bool = false,
    shouldStop: () -> Bool = { false }
  ) throws -> [LearnerNews] {
    let lock = try live.claim()
    return try withExtendedLifetime(lock) {
      let news = Heard()
      try learner(settings, skippingBad: skippingBad).run(
        until: .caughtUp, shouldStop: shouldStop
      ) { news.all.append($0) }
      return news.all
    }
  }

  /// The bytes of the files of the checkpoint that decide what is learned.
  func learned() throws -> [String: Data] {
    let names = [
      "weights.safetensors", "optimiser.safetensors", "training.safetensors", "users.txt",
      "items.txt", "histories.safetensors", "item-features.safetensors",
    ]
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: live.checkpoint.appending(path: $0)))
      })
  }
}

/// What a learner told.
private final class Heard {
  var all: [LearnerNews] = []
}

extension [LearnerNews] {
  /// The last report.
  var report: LearnerReport {
    get throws {
      try #require(compactMap { if case .report(let report) = $0 { report } else { nil } }.last)
    }
  }

  /// The publications.
  var published: [StreamMark] {
    compactMap { if case .published(let mark, _, _, _) = $0 { mark } else { nil } }
  }

  /// Why snapshots were kept back.
  var refusals: [String] {
    compactMap { if case .refused(_, _, let reason) = $0 { reason } else { nil } }
  }
}
