public import CorralData
public import Torch

/// Neural matrix factorisation, the NeuMF of NCF: a product and layers over a user and an item
/// (He and others, 2017).
///
/// `score(u, i) = <h, p_u * q_i> + MLP([u; i])`, ReLU between the layers of the MLP, which have
/// embeddings of their own. No index can search by it: all items are scored. A query's vector is
/// `(h * p_u, W u + b)` and an item's `(q_i, W' i)`, where `[W, W']` is the first layer, so that this
/// layer costs one product a user and one an item, and only what is above it one a pair.
///
/// An unknown user is the mean of the items in their history, in both pairs of tables. Parameters:
/// `product.users.weight`, `product.items.weight`, `product.output` `[dimension]`,
/// `layers.users.weight`, `layers.items.weight`, `layers.user.weight` and `.bias`,
/// `layers.item.weight`, `layers.N.weight` and `.bias`.
public struct NeuMF: Retriever {
  /// The number of elements of a vector: those of the product, and the width of the first layer.
  public let dimension: Int
  private let product: Factors
  private let output: Tensor
  private let pairs: Factors
  private let ofUser: Linear
  private let ofItem: Linear
  private let layers: MLP
  private let dropout: Float

  /// A network for a catalogue.
  ///
  /// Throws `ModelsError` for settings that no network can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: NeuMFSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    let (columns, width) = (settings.dimension, settings.hidden[0])
    dimension = columns + width
    dropout = settings.dropout
    product = try Factors(
      catalogue, columns: columns, spread: settings.initialSpread, in: scope / "product")
    // From ones the product starts as matrix factorisation.
    output = try (scope / "product").parameter("output", shape: [columns], initializer: .ones)
    let scope = scope / "layers"
    pairs = try Factors(catalogue, columns: columns, spread: settings.initialSpread, in: scope)
    // Two halves of one matrix, each drawn as a part of the whole.
    let half = Initializer.uniform(bound: (6 / Float(2 * columns + width)).squareRoot())
    ofUser = try Linear(columns, width, initializer: half, in: scope / "user")
    ofItem = try Linear(columns, width, bias: false, initializer: half, in: scope / "item")
    layers = try MLP(settings.hidden + [1], in: scope)
  }

  /// Where the parameters are.
  public var device: Device { product.device }

  /// Scores have no learned multiplier.
  public var scale: Tensor? { nil }

  /// No vectors have these scores for inner products.
  public var isInnerProduct: Bool { false }

  /// The users' side of some queries, `[batch, dimension]`; histories matter for unknown users only.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let embeddings = pairs.ofUsers(batch).dropout(dropout, phase, 1)
    return Tensor.cat([product.ofUsers(batch) * output, ofUser(embeddings)], 1)
  }

  /// The items' side, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    let embeddings = pairs.ofItems(items).dropout(dropout, phase, 2)
    return Tensor.cat([product.ofItems(items), ofItem(embeddings)], 1)
  }

  /// The scores of queries `[rows, dimension]`: `[rows, columns]` against items
  /// `[columns, dimension]`, and `[rows, n]` against each row's own, `[rows, n, dimension]`.
  ///
  /// Costs the layers above the first for each pair, a block of pairs at a time.
  public func scores(_ queries: Tensor, _ items: Tensor) -> Tensor {
    let (users, usersLayer) = parts(queries)
    let (targets, targetsLayer) = parts(items)
    if items.rank == 3 {
      return targets.matmul(users.unsqueeze(2)).squeeze(2)
        + above(usersLayer.unsqueeze(1) + targetsLayer)
    }
    return users.matmul(transposed: targets) + crossed(usersLayer, targetsLayer)
  }

  /// The two parts of vectors: of the product, and of the first layer.
  private func parts(_ vectors: Tensor) -> (product: Tensor, layer: Tensor) {
    let columns = output.size(0)
    return (vectors.narrow(-1, 0..<columns), vectors.narrow(-1, columns..<dimension))
  }

  /// The most numbers that a block of pairs has behind the first layer: 16 MB.
  private static let largestBlock = 1 << 22

  /// What the layers say of every user and every item, halved until a block is small enough.
  private func crossed(_ users: Tensor, _ items: Tensor) -> Tensor {
    let (rows, columns) = (users.size(0), items.size(0))
    if rows * columns * users.size(1) <= Self.largestBlock || rows * columns <= 1 {
      return above(users.unsqueeze(1) + items.unsqueeze(0))
    }
    let half = max(rows, columns) / 2
    return rows >= columns
      ? Tensor.cat([crossed(users[0..<half], items), crossed(users[half..<rows], items)], 0)
      : Tensor.cat([crossed(users, items[0..<half]), crossed(users, items[half..<columns])], 1)
  }

  /// The layers above the first: `[rows, n, width]` to `[rows, n]`.
  private func above(_ first: Tensor) -> Tensor { layers(first.relu()).squeeze(-1) }
}
