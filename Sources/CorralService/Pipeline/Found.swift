import CorralData

/// An item on its way through the pipeline of an answer.
struct Found: Sendable, Equatable {
  let key: LiveKey
  /// Its position in the model; `nil` for an item that the model does not have.
  let item: ItemIndex?
  /// Its score at the stage; not finite where it has none.
  var score: Float
  let source: Source
  var stage: Answer.Stage
}

/// How much of a list each source of candidates gives: shares of their sum.
///
/// By default the list is the model's.
package struct SourceShares: Sendable, Equatable, Codable {
  package var retriever = 1.0
  package var similar = 0.0
  package var popular = 0.0
  package var trending = 0.0
  package var latest = 0.0

  /// The model alone.
  package init() {}

  /// The share of a source.
  package subscript(source: Source) -> Double {
    get {
      switch source {
      case .retriever: retriever
      case .similar: similar
      case .popular: popular
      case .trending: trending
      case .latest: latest
      }
    }
    set {
      switch source {
      case .retriever: retriever = newValue
      case .similar: similar = newValue
      case .popular: popular = newValue
      case .trending: trending = newValue
      case .latest: latest = newValue
      }
    }
  }

  /// The sources with a share, in their order.
  var sources: [Source] { Source.allCases.filter { self[$0] > 0 } }
}

/// Merges the lists of several sources, so that each prefix holds the share of each source.
enum Merging {
  /// The first `count` items of all lists.
  ///
  /// Each place goes to the source that is furthest behind its share; a source whose list is at its
  /// end leaves its places to the others. An item comes once, from the source that named it first.
  static func merged(
    _ lists: [(source: Source, items: [Found])], shares: SourceShares, count: Int
  ) -> [Found] {
    let total = lists.reduce(0) { $0 + shares[$1.source] }
    let parts = lists.map { shares[$0.source] / total }
    var next = lists.map { _ in 0 }
    var taken = lists.map { _ in 0.0 }
    var met: Set<LiveKey> = []
    var merged: [Found] = []
    while merged.count < count {
      var best = -1
      var furthest = -Double.infinity
      for place in lists.indices {
        let items = lists[place].items
        while next[place] < items.count, met.contains(items[next[place]].key) { next[place] += 1 }
        let behind = parts[place] * Double(merged.count + 1) - taken[place]
        if next[place] < items.count, behind > furthest { (best, furthest) = (place, behind) }
      }
      guard best >= 0 else { break }
      let item = lists[best].items[next[best]]
      met.insert(item.key)
      taken[best] += 1
      merged.append(item)
    }
    return merged
  }
}
