import CorralText
import CorralVectors
import Foundation

/// A line on standard error that shows how far a long piece of work is.
///
/// On a terminal the line is written over, at most ten times a second; elsewhere nothing is
/// written until the work is done, so that logs stay short.
package struct ProgressBar {
  private let console: Console
  private let title: String
  private let total: Int
  private let unit: String
  private let start = ContinuousClock.now
  private var lastDrawn = ContinuousClock.now - .seconds(1)

  /// A bar for `total` units of work.
  package init(_ title: String, of total: Int, unit: String, console: Console) {
    self.title = title
    self.total = total
    self.unit = unit
    self.console = console
  }

  /// Shows that `done` units are done, with anything else worth seeing, such as the loss, and the
  /// seconds left where the caller knows better than the bar.
  package mutating func update(_ done: Int, _ more: String = "", secondsLeft: Double? = nil) {
    guard console.isInteractive, console.verbosity >= .normal else { return }
    let now = ContinuousClock.now
    guard now - lastDrawn >= .milliseconds(100) || done >= total else { return }
    lastDrawn = now
    console.overwrite(
      line(done, elapsed: (now - start).inSeconds, more, secondsLeft: secondsLeft))
  }

  /// Ends the line: nothing of the bar remains, and what follows starts at its beginning.
  package func finish() {
    if console.isInteractive, console.verbosity >= .normal { console.overwrite("") }
  }

  /// The line: title, bar, share, rate, more, time left.
  package func line(
    _ done: Int, elapsed: Double, _ more: String = "", secondsLeft: Double? = nil
  ) -> String {
    let part = total > 0 ? Double(done) / Double(total) : 1
    let rate = elapsed > 0 ? Double(done) / elapsed : 0
    let seconds = secondsLeft ?? (rate > 0 ? Double(total - done) / rate : .nan)
    let left = Format.seconds(seconds)
    let bar = console.noteStyle.accent(Plot.bar(part, width: 20).fitted(to: 20))
    let share = "\(Int((part * 100).rounded()))%".rightAligned(to: 4)
    let facts = [share, "\(Format.short(rate)) \(unit)/s"] + (more.isEmpty ? [] : [more])
    return "\(title) ▕\(bar)▏" + (facts + ["\(left) left"]).joined(separator: "  ")
  }
}
