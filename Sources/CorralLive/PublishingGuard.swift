import CorralData
import CorralIndex
import CorralModels
import CorralVectors

/// How a snapshot was compared with what serves.
package struct PublishingComparison: Sendable, Equatable, Codable {
  /// The examples that both predicted.
  package var examples = 0
  /// The recall of the snapshot.
  package var recall = 0.0
  /// The recall of what serves.
  package var servedRecall = 0.0
  /// Whether the snapshot had learned the examples: then it is not to be compared, but to be alive.
  package var areLearned = false
  /// The recall of its index beside an exact search.
  package var indexRecall = 1.0
}

/// Whether a snapshot may take the place of what serves.
struct PublishingGuard: Sendable {
  /// What a comparison came to.
  enum Verdict: Sendable, Equatable {
    /// It may serve.
    case good(PublishingComparison)
    /// It must not serve, and why.
    case bad(PublishingComparison, reason: String)
  }

  let settings: LiveSettings.Publish
  let cutoff: Int

  /// Compares a snapshot with what serves on the same examples.
  ///
  /// A snapshot is kept back only where its loss is sure: where the upper end of the one-sided 95%
  /// interval of its recall, less the share of the served recall that it has to keep, is below 0.
  func verdict(
    of snapshot: ServedRetriever, beside served: ServedRetriever, on examples: [Example],
    areLearned: Bool
  ) -> Verdict {
    var comparison = PublishingComparison()
    comparison.areLearned = areLearned
    comparison.indexRecall = indexRecall(of: snapshot, examples)
    if comparison.indexRecall < settings.indexRecall {
      return .bad(
        comparison,
        reason:
          "its index finds \(Self.percent(comparison.indexRecall)) of what an exact search finds,"
          + " less than \(Self.percent(settings.indexRecall)) (publish.indexRecall)")
    }
    let (new, old) = (
      snapshot.places(of: examples, cutoff: cutoff), served.places(of: examples, cutoff: cutoff)
    )
    comparison.examples = examples.count
    comparison.recall = Self.share(new)
    comparison.servedRecall = Self.share(old)
    guard examples.count >= settings.fewest, settings.margin < 1 else { return .good(comparison) }
    let differences = zip(new, old).map { new, old in
      (new == nil ? 0 : 1) - (1 - settings.margin) * (old == nil ? 0 : 1)
    }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
    if mean + 1.645 * (variance / count).squareRoot() < 0 {
      return .bad(
        comparison,
        reason:
          "it finds \(Self.percent(comparison.recall)) of \(examples.count) items, and what serves"
          + " \(Self.percent(comparison.servedRecall)): more than a share of \(settings.margin) is lost"
          + " (publish.margin)")
    }
    return .good(comparison)
  }

  /// The share of an exact search's items that the index finds, on a few queries.
  private func indexRecall(of snapshot: ServedRetriever, _ examples: [Example]) -> Double {
    if snapshot.index.isExact || examples.isEmpty { return 1 }
    let items = snapshot.model.catalogue.items.count
    let users = snapshot.model.catalogue.users.count
    let few = examples.prefix(50)
    let queries = snapshot.model.vectors(
      for: QueryBatch(
        users: few.map { $0.user.position < users ? $0.user : nil },
        histories: Ragged(few.map { $0.history.filter { $0.position < items } })))
    return IndexCheck(
      snapshot.index, items: snapshot.vectors, queries: queries, count: cutoff,
      placed: snapshot.model.placed
    ).recall
  }

  private static func share(_ places: [Int?]) -> Double {
    places.isEmpty ? 0 : Double(places.count { $0 != nil }) / Double(places.count)
  }

  private static func percent(_ share: Double) -> String {
    "\((share * 1000).rounded() / 10)%"
  }
}
