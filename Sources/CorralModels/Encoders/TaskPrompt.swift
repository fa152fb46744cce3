import CorralData
import Torch

/// The learned vector of each cluster, by which an encoder of queries is told the cluster that a
/// query searches (Zhang and others, 2023).
///
/// With `hadamard` every input of a query is multiplied by the vector, element by element. With
/// `prepend` the vector is a token before the history, or one more part of a query that has no
/// order. Queries without clusters are encoded as if there were no prompt. Parameter: `weight`,
/// `[clusters, width]`, which starts near 1 as a factor, and like an item's embedding as a token.
struct TaskPrompt {
  private let kind: Kind

  private enum Kind {
    case none
    case factors(Tensor)
    case tokens(Tensor)
  }

  /// The deviation from 1 of the first factors: training starts close to a network without a prompt.
  private static let spread: Float = 0.02

  /// The prompt of a catalogue's clusters over inputs of this width; nothing if they are not told
  /// by a prompt.
  ///
  /// `spread` is that of the items' embeddings.
  init(
    _ tasks: ItemTasks?, width: Int, spread: Float, in scope: Parameters.Scope
  ) throws {
    func weight(_ initializer: Initializer) throws -> Tensor {
      try scope.parameter(
        "weight", shape: [tasks?.count ?? 0, width], initializer: initializer)
    }
    kind =
      switch tasks?.identity {
      case nil, .some(.none), .mmoe: .none
      case .hadamard: .factors(try weight(.normal(mean: 1, deviation: Self.spread)))
      case .prepend: .tokens(try weight(.normal(deviation: spread)))
      }
  }

  /// Whether the clusters are told by tokens.
  var isToken: Bool { if case .tokens = kind { true } else { false } }

  /// Inputs `[rows, width]` or `[rows, n, width]`, each row multiplied by the vector of its cluster.
  ///
  /// They stay as they are without clusters, and if the prompt is no factor.
  func multiplying(_ inputs: Tensor, _ clusters: [Int32]) -> Tensor {
    guard case .factors(let weight) = kind, !clusters.isEmpty else { return inputs }
    let factors = Self.rows(clusters, of: weight)
    return inputs * (inputs.rank == 3 ? factors.unsqueeze(1) : factors)
  }

  /// The token of each cluster, `[clusters, width]`; `nil` without clusters, and if the prompt is no
  /// token.
  func tokens(_ clusters: [Int32]) -> Tensor? {
    guard case .tokens(let weight) = kind, !clusters.isEmpty else { return nil }
    return Self.rows(clusters, of: weight)
  }

  private static func rows(_ clusters: [Int32], of weight: Tensor) -> Tensor {
    let count = weight.size(0)
    if let wrong = clusters.first(where: { $0 < 0 || $0 >= count }) {
      fatalError("a query searches cluster \(wrong), and the retriever knows \(count) clusters")
    }
    return weight.rows(Tensor(clusters, device: weight.device), gradient: .dense)
  }
}
