/// How a retriever is told which cluster of items a query searches.
///
/// Training compares a positive with negatives of its own cluster, so that each cluster is a task of
/// its own (Zhang and others, 2023).
public enum TaskIdentity: String, Sendable, Codable, CaseIterable {
  /// It is not told: one query vector searches all clusters.
  case none
  /// A learned token of the cluster stands before the history.
  case prepend
  /// Each input is multiplied by a learned vector of the cluster, element by element.
  case hadamard
  /// A gate for each cluster mixes experts (Ma and others, 2018): for the retriever `mmoe`.
  case mmoe
}

/// The clusters that a retriever is told apart, as tasks.
package struct ItemTasks: Sendable, Codable, Equatable {
  /// The number of clusters.
  package let count: Int
  /// How the retriever is told.
  package let identity: TaskIdentity

  /// Clusters of a number, and how a retriever is told.
  package init(count: Int, identity: TaskIdentity) {
    self.count = count
    self.identity = identity
  }
}
