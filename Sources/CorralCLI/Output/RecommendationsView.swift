import CorralIndex
import CorralServing
import CorralText
import Foundation

/// An answer of a recommender as people and programs read it.
enum RecommendationsView {
  /// A row for each item, with titles if any item has one, and with reasons if they were asked for.
  static func table(_ items: [Recommendations.Item], isExplained: Bool = false) -> Table {
    let hasTitles = items.contains { $0.title != nil }
    let hasClusters = items.contains { $0.cluster != nil }
    var columns: [(String, Table.Alignment)] = [("", .right), ("item", .left)]
    if hasTitles { columns.append(("title", .left)) }
    columns.append(("score", .right))
    if hasClusters { columns.append(("cluster", .left)) }
    if isExplained { columns.append(("because of", .left)) }
    var table = Table(columns, widest: 50)
    for (place, item) in items.enumerated() {
      let reasons = (item.because ?? []).map {
        "\($0.title ?? $0.id) (\(String(format: "%.2f", $0.similarity)))"
      }
      var cells = ["\(place + 1)", item.id]
      if hasTitles { cells.append(item.title ?? "") }
      cells.append(item.score.map { String(format: "%.4f", $0) } ?? "-")
      if hasClusters { cells.append(item.cluster.map(text) ?? "") }
      if isExplained { cells.append(reasons.joined(separator: ", ")) }
      table.add(cells)
    }
    return table
  }

  /// The cluster of an item: its name or number, its probability, and its places among all candidates.
  private static func text(_ cluster: ClusterReason) -> String {
    "\(cluster.name?.shown ?? "\(cluster.cluster)"): \(Format.percent(Double(cluster.share))), "
      + "\(cluster.quota) of \(Format.counted(cluster.places, "place"))"
  }

  /// Why what is popular answers, in words.
  static func text(_ fallback: Recommendations.Fallback, for who: String) -> String {
    switch fallback {
    case .emptyHistory: "the history is empty"
    case .unknownUser(let user, let nearest): unknownUser(user, nearest: nearest)
    case .nothingKnown: "the model knows nothing of \(who)"
    }
  }

  /// Why there are fewer items than were asked for, in words.
  static func text(_ shortage: Recommendations.Shortage, for who: String) -> String {
    let all = Format.counted(shortage.catalogue, "item")
    return shortage.found == 0
      ? "\(who) has met all \(all) of the catalogue; --include-seen recommends them again"
      : "only \(shortage.found) of the \(all) are left, the others were met before; --include-seen "
        + "recommends those too"
  }

  /// Says what the reader of an answer should know.
  static func say(
    _ notice: Recommendations.Notice, by recommender: Recommender, on console: Console
  ) {
    switch notice {
    case .replacesHistory(let given, let saved, let scoredBy):
      let retriever = recommender.kind.split(separator: ",").first.map(String.init) ?? ""
      console.note(
        "a history of \(Format.counted(given, "item")) in place of the \(saved) saved for this user; "
          + meaningOfHistory(scoredBy, retriever: retriever))
    case .missingContext(let names):
      console.note(
        "the ranker also reads \(names.joined(separator: ", ")), unknown here; "
          + "give it with --context NAME=VALUE")
    case .unknownHistory(let ids):
      console.warn("not in this model, so ignored: \(ids.map(\.shown).listed())")
    case .unknownUser(let user, let nearest):
      console.warn("\(unknownUser(user, nearest: nearest)): the history alone answers")
    case .ignoredAlpha:
      console.warn("--alpha is ignored: this model searches no clusters")
    case .unknownContext(let name, let value):
      console.warn("training met no \(name) '\(value.shown)': it counts as unknown")
    }
  }

  private static func unknownUser(_ user: String, nearest: String?) -> String {
    "no user '\(user.shown)' in this model" + (nearest.map { ", did you mean '\($0)'?" } ?? "")
  }

  /// What a history says that is given for a known user in place of the saved one.
  private static func meaningOfHistory(_ scoredBy: ScoredBy, retriever: String) -> String {
    switch scoredBy {
    case .nothing:
      "\(retriever) scores items alike for everybody: the history only says what to leave out"
    case .userFirst:
      "\(retriever) scores by the user's own vector: the history only says what to leave out"
    case .historyFirst, .history: "\(retriever) scores by the history alone"
    case .both: "\(retriever) scores by what it knows of the user and by the history"
    }
  }
}

/// A recommended item as `--json` prints it.
struct RecommendedItem: Encodable {
  private struct Reason: Encodable {
    let id: String
    let title: String?
    let similarity: Float
  }

  private let id: String
  private let title: String?
  private let score: Float?
  private let stage: String
  private let because: [Reason]?
  private let cluster: Cluster?

  private struct Cluster: Encodable {
    let number: Int
    let name: String?
    let probability: Float
    let quota: Int
    let places: Int
  }

  init(_ item: Recommendations.Item) {
    id = item.id
    title = item.title
    score = item.score
    stage = item.stage.rawValue
    cluster = item.cluster.map {
      Cluster(
        number: $0.cluster, name: $0.name, probability: $0.share, quota: $0.quota,
        places: $0.places)
    }
    because = item.because?.map {
      Reason(id: $0.id, title: $0.title, similarity: $0.similarity)
    }
  }
}
