public import CorralData
public import Torch

/// Finds candidates: puts queries and items into one space, in which the inner product is the score.
///
/// A retriever is a value over parameters. It knows nothing of losses, optimisers or files; what it
/// does follows from its arguments and parameters alone.
public protocol Retriever {
  /// The number of elements of a vector.
  var dimension: Int { get }

  /// Where the parameters are, and with them every vector.
  var device: Device { get }

  /// A learned multiplier of all scores, one positive number; `nil` where none is learned.
  var scale: Tensor? { get }

  /// The vectors of some queries, `[batch, dimension]`.
  func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor

  /// The vectors of some items, `[items, dimension]`.
  func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor
}

/// What vectors are made for.
public enum Phase: Sendable {
  /// For a loss: dropout is active, and what it drops follows from the seed.
  case training(seed: UInt64)
  /// For scores: nothing is random.
  case inference
}

/// How many users and items there are, and what is known about each besides interactions.
public struct Catalogue: Sendable, Equatable {
  /// The features of the users, one row each.
  public let users: FeatureTable
  /// The features of the items, one row each.
  public let items: FeatureTable

  /// The catalogue of some users and items.
  public init(users: FeatureTable, items: FeatureTable) {
    self.users = users
    self.items = items
  }

  /// The users and items of a data set.
  public init(_ dataset: Dataset) {
    self.init(users: dataset.userFeatures, items: dataset.itemFeatures)
  }
}
