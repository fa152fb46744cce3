import CorralEvaluation
import CorralVectors
import Foundation

/// How well the latest events were predicted by what served, before they were learned.
///
/// This is progressive validation (Blum, Kalai and Langford, 1999): no example is predicted by a model
/// that has learned it.
package struct ProgressiveReport: Sendable, Equatable, Codable {
  /// The number of predictions.
  package var predictions = 0
  /// The share whose item was in the list.
  package var recall = 0.0
  /// The mean of 1 / log2(place + 2), 0 for an item that was not in the list.
  package var ndcg = 0.0
  /// The recall of items that are popular: a third of all examples.
  package var headRecall: Double?
  /// The recall of all other items.
  package var tailRecall: Double?
  /// The share of examples whose item the retriever did not know yet.
  package var unknown = 0.0
}

/// The latest predictions, as a ring.
struct ProgressiveValidation: Sendable, Equatable {
  /// One prediction.
  struct Prediction: Sendable, Equatable {
    /// The place in the list; -1 for an item that was not in it.
    var place: Int32
    /// The popularity group of the item; `nil` for an item that the retriever did not know.
    var group: ItemGroup?
  }

  /// The predictions, in the order of the ring.
  private(set) var ring: [Prediction] = []
  /// The number of predictions so far.
  private(set) var count = 0
  private let window: Int

  /// No prediction yet.
  init(window: Int) { self.window = window }

  /// The predictions of a checkpoint.
  init(window: Int, ring: [Prediction], count: Int) {
    self.window = window
    self.ring = ring
    self.count = count
    // A window that was made shorter keeps the latest.
    if ring.count > window {
      let next = count % max(1, ring.count)
      self.ring = Array((ring[next...] + ring[..<next]).suffix(window))
      self.count = window
    } else if ring.count < window, count > ring.count {
      let next = count % max(1, ring.count)
      self.ring = Array(ring[next...] + ring[..<next])
      self.count = ring.count
    }
  }

  /// Remembers predictions.
  mutating func add(_ predictions: [Prediction]) {
    for prediction in predictions {
      if ring.count < window {
        ring.append(prediction)
      } else {
        ring[count % window] = prediction
      }
      count += 1
    }
  }

  /// The figures of the predictions in the ring.
  var report: ProgressiveReport {
    var report = ProgressiveReport()
    report.predictions = ring.count
    guard !ring.isEmpty else { return report }
    let total = Double(ring.count)
    report.recall = Self.recall(ring) ?? 0
    report.ndcg =
      ring.reduce(0) { $0 + ($1.place < 0 ? 0 : 1 / log2(Double($1.place) + 2)) } / total
    report.headRecall = Self.recall(ring.filter { $0.group == .head })
    report.tailRecall = Self.recall(ring.filter { $0.group != .head })
    report.unknown = Double(ring.count { $0.group == nil }) / total
    return report
  }

  private static func recall(_ predictions: [Prediction]) -> Double? {
    predictions.isEmpty
      ? nil : Double(predictions.count { $0.place >= 0 }) / Double(predictions.count)
  }

  /// Which of some examples in a row are predicted, by the number of the first of them.
  static func chosen(_ count: Int, after first: Int, share: Double) -> [Int] {
    if share >= 1 { return Array(0..<count) }
    let bound = UInt64(share * 0x1p63) << 1
    return (0..<count).filter { mixed(UInt64(first + $0) &* 0x9E37_79B9_7F4A_7C15) < bound }
  }
}
