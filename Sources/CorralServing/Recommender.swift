public import CorralData
import CorralIndex
import CorralVectors

/// A trained model that answers: whom to recommend what, what is like what, how good given items are.
///
///     let recommender = try Recommender.open("model")
///     let found = try recommender.recommend(Request(user: "42", count: 10))
///     for item in found.items { print(item.title ?? item.id) }
///
/// Opening a model makes everything that answers: the vectors of all items, the index over them, the
/// ranker. Nothing changes afterwards. A recommender can be asked from many threads at once; a newer
/// one takes its place as a whole. An answer costs one pass of the query encoder, one search, and one
/// pass of the ranker over its candidates.
public struct Recommender: Sendable {
  /// Which model it is: `two-tower`, or `sasrec, then din`.
  public let kind: String
  /// The users that training met.
  public let users: Vocabulary
  /// The items of the catalogue.
  public let items: Vocabulary
  /// What opening it took.
  public package(set) var cost: OpeningCost
  /// The title of each item; empty if no item has one.
  package let titles: Texts
  /// Everything that each user is known to have met, oldest first.
  package let histories: Ragged<ItemIndex>
  /// What is known of the items: what filters look at.
  package let itemFeatures: FeatureTable
  package let retriever: RetrieverStage
  /// The ranker of the candidates; `nil` for a retriever alone.
  package let ranker: RankerStage?
  private let popularity: Popular

  /// What opening a model took.
  public struct OpeningCost: Sendable, Equatable {
    /// The time, in seconds.
    public package(set) var seconds: Double
    /// The memory that its parts hold, in bytes.
    public let bytes: Int

    /// A time and a memory.
    package init(seconds: Double, bytes: Int) {
      self.seconds = seconds
      self.bytes = bytes
    }
  }

  /// A recommender of parts that belong together.
  ///
  /// `counts` says how often each item was met, for requests that the model knows nothing of.
  package init(
    kind: String, users: Vocabulary, items: Vocabulary, titles: Texts,
    histories: Ragged<ItemIndex>, itemFeatures: FeatureTable, counts: [Int],
    retriever: RetrieverStage, ranker: RankerStage?, cost: OpeningCost
  ) {
    self.kind = kind
    self.users = users
    self.items = items
    self.titles = titles
    self.histories = histories
    self.itemFeatures = itemFeatures
    self.retriever = retriever
    self.ranker = ranker
    self.cost = cost
    popularity = Popular(counts: counts)
  }

  /// The names of the context that the ranker reads; empty where it reads none.
  public var contextNames: [String] { ranker?.context.columns.map(\.name) ?? [] }

  /// The id of the item that was probably meant by an unknown one; `nil` where none is near.
  package func nearestItem(to id: String) -> String? { nearest(to: id, among: items) }

  /// The title of the item with an id; `nil` if it has none.
  public func title(of id: String) -> String? {
    items.position(of: id).flatMap { title(of: ItemIndex($0)) }
  }

  /// The ids of everything that a user is known to have met, oldest first; `nil` for an unknown user.
  public func history(of user: String) -> [String]? {
    users.position(of: user).map { histories[$0].map { items[$0.position] } }
  }

  /// The title of an item; `nil` if it has none.
  package func title(of item: ItemIndex) -> String? {
    guard !titles.isEmpty, !titles[item.position].isEmpty else { return nil }
    return titles[item.position]
  }

  /// The best allowed items by how often they were met.
  func popular(count: Int, where isAllowed: (ItemIndex) -> Bool) -> [Candidate] {
    popularity.best(count, where: isAllowed)
  }
}

/// Items by how often they were met.
private struct Popular: Sendable {
  /// The items in order of falling count; equal ones in the order of the catalogue.
  private let order: [ItemIndex]
  private let counts: [Int]

  init(counts: [Int]) {
    self.counts = counts
    order = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }.map(ItemIndex.init)
  }

  /// The first allowed items; looks no further than it must.
  func best(_ count: Int, where isAllowed: (ItemIndex) -> Bool) -> [Candidate] {
    order.lazy.filter(isAllowed).prefix(count)
      .map { Candidate(item: $0, score: Float(counts[$0.position])) }
  }
}
