import CorralLive
import CorralStreaming
import CorralText
import CorralVectors
import Foundation

/// Shows a learner while it runs: a line every few seconds, and one for each publication.
final class StreamView {
  private let console: Console
  private let learner: Learner
  private let model: String
  private var last: LearnerReport?
  private var isHeaded = false

  /// A view of a learner of a model.
  init(_ console: Console, learner: Learner, model: String) {
    self.console = console
    self.learner = learner
    self.model = model
  }

  /// Says what begins.
  func began(at address: String) {
    for note in learner.notes { console.note(note) }
    let start = learner.start
    console.note(
      "\(model): \(Format.counted(start.users, "user")), \(Format.counted(start.items, "item")); "
        + (start.position.map { "going on behind \($0)" } ?? "from the first event of \(address)"))
  }

  /// Shows what a learner tells.
  func show(_ news: LearnerNews) {
    switch news {
    case .report(let report):
      last = report
      if !isHeaded {
        console.note(console.noteStyle.dim(Self.heading))
        isHeaded = true
      }
      console.note(Self.line(report))
    case .published(let mark, let comparison, let seconds, let warning):
      console.note(
        "published \(mark.publication) after \(Format.seconds(seconds)): "
          + Self.words(comparison, cutoff: learner.settings.predict.cutoff))
      if let warning { console.warn(warning) }
    case .refused(let mark, _, let reason):
      console.warn("snapshot \(mark.publication) is not published: \(reason)")
    case .waiting(let reason): console.warn("\(reason); trying again")
    }
  }

  /// Says what became of the stream.
  func ended(isStopped: Bool) throws {
    guard let last else { return }
    try console.printJSON(last)
    let tally = last.tally
    console.print(
      "\(Format.counted(tally.examples, "example")) learned of "
        + "\(Format.counted(tally.events, "event")); "
        + "\(Format.counted(tally.newUsers, "new user")), "
        + Format.counted(tally.newItems, "new item"))
    for (count, what) in [
      (tally.worthless, "of weight 0: they teach nothing (events.worthless, events.weights)"),
      (tally.unruled, "that no rule of events.weights speaks of"),
      (tally.beginnings, "that begin a history, before which nothing was known of the user"),
      (tally.seeds, "that a server got from the model itself"),
      (tally.unknownFeatures, "features that the model does not know"),
      (last.deadLetters, "that could not be read, in \(learner.folder.deadLetter.path)"),
    ] where count > 0 {
      console.print(console.style.dim("\(Format.count(count)) \(what)"))
    }
    if last.predicted.predictions > 0 {
      console.print(
        "predicted before they were learned: recall@\(learner.settings.predict.cutoff) "
          + "\(Format.metric(last.predicted.recall)), ndcg "
          + "\(Format.metric(last.predicted.ndcg)), of the last "
          + Format.counted(last.predicted.predictions, "prediction"))
    }
    console.suggest([
      ("corral stream status \(model.shellQuoted)", "what was published"),
      ("corral serve \(model.shellQuoted) --watch", "answers that follow it"),
    ])
    if isStopped { console.note("stopped; the same command goes on from here") }
  }

  private static let heading =
    "    examples   each s    loss   recall   users   items      lag    age"

  private static func line(_ report: LearnerReport) -> String {
    let lag =
      report.lagEvents.map { Format.short(Double($0)) } ?? report.lagBytes.map(Format.bytes) ?? "?"
    let cells: [(String, Int)] = [
      (Format.count(report.tally.examples), 12),
      (Format.short(report.examplesPerSecond), 9),
      (report.loss.map { String(format: "%.3f", $0) } ?? "", 8),
      (report.predicted.predictions > 0 ? Format.metric(report.predicted.recall) : "", 9),
      (Format.short(Double(report.users)), 8), (Format.short(Double(report.items)), 8), (lag, 9),
      (Format.seconds(report.modelAge), 7),
    ]
    return cells.map { text, width in
      String(repeating: " ", count: max(1, width - text.count)) + text
    }.joined()
  }

  private static func words(_ comparison: PublishingComparison, cutoff: Int) -> String {
    if comparison.examples == 0 { return "nothing to compare it on" }
    return "recall@\(cutoff) \(Format.metric(comparison.recall)), what served "
      + "\(Format.metric(comparison.servedRecall)), on "
      + Format.counted(
        comparison.examples, comparison.areLearned ? "learned example" : "new example")
  }

  /// The snapshots that are kept.
  static func table(_ kept: [StreamMark], serving: StreamMark) -> Table {
    var table = Table([
      ("snapshot", .right), ("published", .left), ("examples", .right), ("recall", .right),
      ("ndcg", .right), ("", .left),
    ])
    let others = kept.contains { $0.publication == serving.publication } ? kept : kept + [serving]
    for mark in others {
      table.add([
        "\(mark.publication)", mark.time.formatted(.iso8601), Format.count(mark.examples),
        Format.metric(mark.predicted.recall), Format.metric(mark.predicted.ndcg),
        mark.publication == serving.publication ? "serves" : "",
      ])
    }
    return table
  }
}
