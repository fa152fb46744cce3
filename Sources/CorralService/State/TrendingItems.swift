import CorralData
import CorralSampling

/// What is met most often of late: the streaming estimator over the items of the last events.
///
/// Each event is one step of the estimator, so that the estimate of an item is its share of the
/// events. An item that is met no more counts by the time since its last event, and is dropped once
/// `window` events have passed without it.
struct TrendingItems: Sendable {
  /// An item with its share of the events of late.
  struct Entry: Sendable {
    let key: LiveKey
    let share: Float
  }

  private let window: Int
  private var estimator: FrequencyEstimator
  /// The step of the last event of each item that was met within the window.
  private var lastSteps: [LiveKey: Int] = [:]
  /// The items of the last events, in a ring.
  private var recent: [LiveKey] = []
  /// The list that was made last, and at which step.
  private var list: [Entry] = []
  private var listStep = 0

  /// What is trending among the last `window` events.
  init(window: Int = 10_000) {
    self.window = window
    var settings = FrequencyEstimatorSettings()
    settings.buckets = 1 << 16
    // An item follows its last 20 events; a first one counts as one event in a whole window.
    settings.alpha = 0.05
    settings.priorGap = Float(window)
    settings.semantics = .count
    estimator = FrequencyEstimator(settings)
  }

  /// Learns from one event.
  mutating func add(_ key: LiveKey) {
    estimator.update([ItemIndex(key.value)])
    let step = estimator.step
    let slot = (step - 1) % window
    if slot < recent.count {
      let leaving = recent[slot]
      if lastSteps[leaving] == step - window { lastSteps[leaving] = nil }
      recent[slot] = key
    } else {
      recent.append(key)
    }
    lastSteps[key] = step
  }

  /// The first allowed items of the window.
  mutating func best(_ count: Int, where isAllowed: (LiveKey) -> Bool) -> [Entry] {
    var best: [Entry] = []
    for entry in entries() {
      if best.count >= count { break }
      if isAllowed(entry.key) { best.append(entry) }
    }
    return best
  }

  /// The items of the window, the most frequent first; equal ones in the order of their keys.
  ///
  /// The list is made again once the events since the last time are a sixteenth of its length, so
  /// that its cost is shared by many events.
  private mutating func entries() -> [Entry] {
    let step = estimator.step
    guard step > listStep, step - listStep >= max(1, list.count / 16) else { return list }
    let keys = Array(lastSteps.keys)
    let estimates = estimator.estimate(keys.map { ItemIndex($0.value) })
    list = zip(keys, estimates).map { key, estimate in
      Entry(key: key, share: min(estimate, 1 / Float(max(1, step - (lastSteps[key] ?? 0)))))
    }.sorted { ($1.share, $0.key) < ($0.share, $1.key) }
    listStep = step
    return list
  }
}
