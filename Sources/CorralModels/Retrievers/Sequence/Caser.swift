package import CorralData
package import CorralIndex
package import Torch

/// The shape of Caser: `retriever: {model: caser}`.
public struct CaserSettings: RetrieverModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 64
  /// The number of last items that the convolutions see.
  public var history = 5
  /// The horizontal filters of each height, 1 to `history`.
  public var horizontal = 16
  /// The vertical filters.
  public var vertical = 4
  /// The share of the convolutions' outputs that training drops.
  public var dropout: Float = 0.5
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: those of the paper over the last 5 items.
  public init() {}

  /// The name in settings.
  package static let name = "caser"

  /// Who described the model, and when.
  package static let paper = "Tang and Wang, 2018"

  /// The most items of a history that a query looks at.
  package var historyLength: Int { history }

  /// A query is its user's embedding beside what the convolutions see.
  package func scoredBy(_ catalogue: Catalogue) -> ScoredBy { .both }

  /// As described: each positive is told from negatives of its own.
  package static var training: TrainingRecipe {
    var recipe = TrainingRecipe.pairwise(.bce, negatives: 3)
    recipe.train.rate = 3e-3
    return recipe
  }

  /// A prompt multiplies the items that the convolutions see.
  package var taskIdentities: [TaskIdentity] { [.none, .hadamard] }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try Caser(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(history > 0, "history", history, "filters need 1 item or more, such as 5")
    try check(horizontal >= 0, "horizontal", horizontal, "give 0 filters or more, such as 16")
    try check(vertical >= 0, "vertical", vertical, "give 0 filters or more, such as 4")
    try check(
      horizontal + vertical > 0, "horizontal", horizontal,
      "with vertical filters at 0 too a history would be nothing; give 1 or more, such as 16")
    try check(dropout: dropout)
  }
}

/// Caser: convolutions over the last items of a history as over an image (Tang and Wang, 2018).
///
/// Let E be the embeddings of the last L items, `[L, dimension]`. A horizontal filter of height h
/// in 1...L sees h items at a time, and gives the largest ReLU of its outputs. A vertical filter is
/// a weighted sum over the L items. One ReLU layer over all filters gives z, and
/// `score(u, i) = <w_i, (z, p_u)> + b_i`: a user's vector is `(z, p_u, 1)` and an item's is
/// `(w_i, b_i)`. This is the paper's network for the next item (T = 1). An unknown user has zeros
/// for `p_u`, and a place without an item has zeros in E.
///
/// Parameters: `history.weight` `[items, dimension]`, `users.weight` `[users, dimension]`,
/// `items.weight` `[items, 2 dimension + 1]` with the bias last, `horizontal.H.weight`
/// `[filters, H dimension]` and `.bias`, `vertical.weight` `[filters, L]` and `.bias`,
/// `layer.weight` and `.bias`, `prompt.weight`.
package struct Caser: Retriever {
  /// The number of elements of the vectors: those of two embeddings, and the bias.
  package let width: Int
  private let length: Int
  private let dropout: Float
  private let history: Embedding
  private let users: Embedding
  private let items: Embedding
  /// The filters of each height h, from 1 up, as a layer over h embeddings joined end to end.
  private let horizontal: [Linear]
  private let vertical: Linear?
  private let layer: Linear
  private let prompt: TaskPrompt

  /// A network for a catalogue.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: CaserSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    let columns = settings.dimension
    width = 2 * columns + 1
    length = settings.history
    dropout = settings.dropout
    let spread = Initializer.normal(deviation: settings.initialSpread)
    history = try Embedding(
      catalogue.items.count, columns, rows: .items, initializer: spread, in: scope / "history")
    users = try Embedding(
      catalogue.users.count, columns, rows: .users, initializer: spread, in: scope / "users")
    items = try Embedding(
      catalogue.items.count, width, rows: .items, initializer: spread, in: scope / "items")
    let heights = settings.horizontal == 0 ? 0 : length
    horizontal = try (0..<heights).map { height in
      try Linear(
        (height + 1) * columns, settings.horizontal, in: scope / "horizontal" / (height + 1))
    }
    vertical =
      settings.vertical == 0
      ? nil : try Linear(length, settings.vertical, in: scope / "vertical")
    layer = try Linear(
      heights * settings.horizontal + settings.vertical * columns, columns, in: scope / "layer")
    prompt = try TaskPrompt(
      catalogue.tasks, width: columns, spread: settings.initialSpread, in: scope / "prompt")
  }

  /// The device of the parameters.
  package var device: Device { items.weight.device }

  /// The vectors of some queries, `[batch, width]`.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let recent = RecentItems(batch.histories, length: length)
    let image = prompt.multiplying(recent.embedded(by: history), batch.clusters)
    var seen: [Tensor] = []
    if let vertical {
      seen.append(vertical(image.transpose(1, 2)).transpose(1, 2).reshape([batch.count, -1]))
    }
    for (position, filters) in horizontal.enumerated() {
      seen.append(filters(Self.windows(of: image, height: position + 1)).relu().max(1).values)
    }
    let z = layer(Tensor.cat(seen, 1).dropout(dropout, phase, 1)).relu()
    return Tensor.cat(
      [z, Bags(batch.users).means(of: users), .ones([batch.count, 1], device: device)], 1)
  }

  /// The vectors of some items, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    self.items(Tensor(positions: items, device: device))
  }

  /// Each `height` neighbouring rows of an image `[batch, L, dimension]` end to end:
  /// `[batch, L - height + 1, height * dimension]`.
  private static func windows(of image: Tensor, height: Int) -> Tensor {
    let count = image.size(1) - height + 1
    return Tensor.cat((0..<height).map { image.narrow(1, $0..<$0 + count) }, 2)
  }
}
