package import CorralData
package import Torch

/// The shape of NeuMF: `retriever: {model: neumf}`.
public struct NeuMFSettings: RetrieverModelSettings {
  /// The number of elements of each embedding: a user and an item have two each, one for the
  /// product and one for the layers.
  public var dimension = 32
  /// The widths of the layers over the embeddings of a pair.
  public var hidden = [64, 32, 16]
  /// The share of the elements of the layers' embeddings that training drops.
  public var dropout: Float = 0
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: embeddings of 32 elements under three layers.
  public init() {}

  /// The name in settings.
  package static let name = "neumf"

  /// Who described the model, and when.
  package static let paper = "He, Liao, Zhang, Nie, Hu and Chua, 2017"

  /// Only for users whom training never met does a history matter.
  package var historyLength: Int { 0 }

  /// No vectors have these scores for inner products.
  package var isInnerProduct: Bool { false }

  /// As described: each positive is told from negatives of its own.
  package static var training: TrainingRecipe {
    var recipe = TrainingRecipe.pairwise(.bce, negatives: 4)
    recipe.train.rate = 2e-3
    return recipe
  }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try NeuMF(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(
      !hidden.isEmpty && hidden.allSatisfy { $0 > 0 }, "hidden", hidden,
      "give the width of each layer over a user and an item, such as [64, 32, 16]")
    try check(dropout: dropout)
  }
}

/// Neural matrix factorisation, the NeuMF of NCF: a product and layers over a user and an item
/// (He and others, 2017).
///
/// `score(u, i) = <h, p_u * q_i> + MLP([u; i])`. The MLP has embeddings of its own, and ReLU
/// between its layers. No index can search by such scores: all items are scored. A query's vector
/// is `(h * p_u, W u + b)` and an item's is `(q_i, W' i)`, where `[W, W']` is the first layer. So
/// this layer costs one product for each user and each item, and only those above it one for each
/// pair.
///
/// An unknown user is the mean of the items in their history, in both pairs of tables. Parameters:
/// `product.users.weight`, `product.items.weight`, `product.output` `[dimension]`,
/// `layers.users.weight`, `layers.items.weight`, `layers.user.weight` and `.bias`,
/// `layers.item.weight`, `layers.N.weight` and `.bias`.
package struct NeuMF: Retriever {
  /// The number of elements of the vectors: those of the product, and the outputs of the first
  /// layer.
  package let width: Int
  private let product: Factors
  private let output: Tensor
  private let pairs: Factors
  private let ofUser: Linear
  private let ofItem: Linear
  private let layers: MLP
  private let dropout: Float

  /// A network for a catalogue.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: NeuMFSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    let (columns, first) = (settings.dimension, settings.hidden[0])
    width = columns + first
    dropout = settings.dropout
    product = try Factors(
      catalogue, columns: columns, spread: settings.initialSpread, in: scope / "product")
    // From ones the product starts as matrix factorisation.
    output = try (scope / "product").parameter("output", shape: [columns], initializer: .ones)
    let scope = scope / "layers"
    pairs = try Factors(catalogue, columns: columns, spread: settings.initialSpread, in: scope)
    // Two halves of one matrix, each drawn as a part of the whole.
    let half = Initializer.uniform(bound: (6 / Float(2 * columns + first)).squareRoot())
    ofUser = try Linear(columns, first, initializer: half, in: scope / "user")
    ofItem = try Linear(columns, first, bias: false, initializer: half, in: scope / "item")
    layers = try MLP(settings.hidden + [1], in: scope)
  }

  /// The device of the parameters.
  package var device: Device { product.device }

  /// No vectors have these scores for inner products.
  package var isInnerProduct: Bool { false }

  /// The users' side of some queries, `[batch, width]`; only for unknown users does a history
  /// matter.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let embeddings = pairs.ofUsers(batch).dropout(dropout, phase, 1)
    return Tensor.cat([product.ofUsers(batch) * output, ofUser(embeddings)], 1)
  }

  /// The items' side, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    let embeddings = pairs.ofItems(items).dropout(dropout, phase, 2)
    return Tensor.cat([product.ofItems(items), ofItem(embeddings)], 1)
  }

  /// The scores of queries `[rows, width]`: `[rows, columns]` against shared items
  /// `[columns, width]`, and `[rows, n]` against each row's own items `[rows, n, width]`.
  ///
  /// Costs the layers above the first for each pair, a block of pairs at a time.
  package func scores(_ queries: Tensor, _ items: Tensor) -> Tensor {
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
    return (vectors.narrow(-1, 0..<columns), vectors.narrow(-1, columns..<width))
  }

  /// The most outputs of the first layer that a block of pairs has: 16 MB.
  private static let largestBlock = 1 << 22

  /// The outputs of the layers for every user and every item, halved until a block is small enough.
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
