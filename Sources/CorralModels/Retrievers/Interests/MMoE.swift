package import CorralData
package import Torch

/// The shape of MMoE as a user encoder: `retriever: {model: mmoe}`.
public struct MMoESettings: RetrieverModelSettings {
  /// The number of elements of each embedding and of each vector.
  public var dimension = 64
  /// The number of last items that experts see.
  public var history = 50
  /// The number of experts; each is a block of self-attention.
  public var experts = 4
  /// The number of gates, and so of vectors that a user has.
  public var interests = 1
  /// The heads of each expert's attention; each has an equal part of the dimension.
  public var heads = 1
  /// The width of the layer after each expert's attention.
  public var hidden = 64
  /// The share of activations that training drops.
  public var dropout: Float = 0.2
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: four experts and one gate over the last 50 items.
  public init() {}

  /// The name in settings.
  package static let name = "mmoe"

  /// Who described the model, and when.
  package static let paper =
    "Ma, Zhao, Yi, Chen, Hong and Chi, 2018; experts: Zhang and others, 2023"

  /// The most items of a history that a query looks at.
  package var historyLength: Int { history }

  /// The softmax against many uniform items.
  package static var training: TrainingRecipe {
    var recipe = TrainingRecipe.sampledSoftmax(negatives: 1024)
    recipe.train.rate = 3e-3
    return recipe
  }

  /// Each cluster has a gate of its own.
  package var taskIdentities: [TaskIdentity] { [.none, .mmoe] }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try MMoE(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(history > 0, "history", history, "attention needs 1 item or more, such as 50")
    try check(experts > 0, "experts", experts, "gates need 1 expert or more, such as 4")
    try check(interests > 0, "interests", interests, "a user has 1 vector or more, one a gate")
    try check(
      heads > 0 && dimension % heads == 0, "heads", heads,
      "heads share the \(dimension) elements of retriever.dimension; give a number that divides them"
    )
    try check(hidden > 0, "hidden", hidden, "give a width of 1 or more, such as 64")
    try check(dropout: dropout)
  }
}

/// A multi-gate mixture of experts as a user encoder (Ma and others, 2018).
///
/// Its experts are blocks of self-attention, as in the baseline of divide and conquer (Zhang and
/// others, 2023).
///
/// Expert e turns a history into a vector `f_e`. Gate k sees the mean x of the history and mixes
/// the experts: `v_k = sum_e softmax_e(G_k x) f_e`. In the second paper a gate is a task, and a
/// task is one cluster of items: so it is here if the catalogue names clusters. A query that
/// searches a cluster has the vector of its gate, and one that is not told has the mean over all
/// gates. Otherwise a gate is an interest. One gate makes a plain mixture of experts; with several,
/// training scores a target by the interest that likes it best, so that gates find their tasks
/// themselves, and serving takes the best interest for each item.
///
/// Parameters: `items.weight` `[items, dimension]`, for items in histories and as targets; `places`
/// `[history, dimension]`; `gates.weight` `[gates * experts, dimension]`; those of
/// `SelfAttentionExpert` under `experts.N`.
package struct MMoE: Retriever {
  /// The number of elements of the vectors of queries and items.
  package let width: Int
  /// The number of vectors of a query: one for each gate, or a single one if gates are clusters.
  package let interests: Int
  /// The number of clusters that have a gate each; `nil` if gates are interests.
  private let clusters: Int?
  private let length: Int
  private let dropout: Float
  private let table: Embedding
  private let places: Tensor
  private let gates: Linear
  private let experts: [SelfAttentionExpert]

  /// A network for a catalogue.
  ///
  /// Throws `SettingError` for several interests beside clusters, and `TorchError` if stored
  /// parameters do not fit.
  package init(
    _ settings: MMoESettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    width = settings.dimension
    interests = settings.interests
    clusters = catalogue.tasks.flatMap { $0.identity == .mmoe ? $0.count : nil }
    if clusters != nil, interests > 1 {
      throw SettingError(
        "interests", interests, "with clusters.task: mmoe each cluster has a gate; give 1")
    }
    length = settings.history
    dropout = settings.dropout
    let spread = Initializer.normal(deviation: settings.initialSpread)
    table = try Embedding(
      catalogue.items.count, width, rows: .items, initializer: spread, in: scope / "items")
    places = try scope.parameter("places", shape: [length, width], initializer: spread)
    gates = try Linear(
      width, (clusters ?? interests) * settings.experts, bias: false, in: scope / "gates")
    experts = try (0..<settings.experts).map { try SelfAttentionExpert(settings, $0, in: scope) }
  }

  /// The device of the parameters.
  package var device: Device { table.weight.device }

  /// The vectors of some queries, `[batch, interests, width]`, or `[batch, width]` with one
  /// interest.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    interests(batch, phase).asQueries()
  }

  private func interests(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let recent = RecentItems(batch.histories, length: length)
    let isThere = recent.isThere(on: device)
    let known = isThere.to(.float32).transpose(1, 2)
    let items = ((recent.embedded(by: table) + places) * known).dropout(dropout, phase, 1)
    let mean = items.sum(1) / known.sum(1).clamped(to: 1...(.infinity))
    let weights = gates(mean).reshape([batch.count, -1, experts.count]).softmax(2)
    return chosen(weights, batch.clusters).matmul(outputs(items, isThere, phase))
  }

  /// The weights of those gates, `[batch, gates, experts]`, that make vectors,
  /// `[batch, interests, experts]`.
  private func chosen(_ weights: Tensor, _ searched: [Int32]) -> Tensor {
    guard let clusters else { return weights }
    // The mean of the gates' vectors is the vector of their mean weights.
    if searched.isEmpty { return weights.mean(1, keep: true) }
    if let wrong = searched.first(where: { $0 < 0 || $0 >= clusters }) {
      fatalError("a query searches cluster \(wrong), and the retriever knows \(clusters) clusters")
    }
    let gates = Tensor(searched.map(Int64.init), shape: [searched.count, 1, 1], device: device)
    return weights.gather(1, gates.expand([searched.count, 1, experts.count]))
  }

  /// The output of each expert, `[batch, experts, width]`; one product attends for all of them.
  private func outputs(_ items: Tensor, _ isThere: Tensor, _ phase: Phase) -> Tensor {
    let last = items.narrow(1, length - 1..<length).squeeze(1)
    let looking = experts.map { $0.looking(from: last) }
    let heads = looking[0].size(1)
    let seen = Tensor.attention(Tensor.cat(looking, 1), items, items, mask: isThere)
    return Tensor.stack(
      experts.enumerated().map { number, expert in
        expert(last, seen: seen.narrow(1, number * heads..<(number + 1) * heads), phase)
      }, 1)
  }

  /// The vectors of some items, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    table(Tensor(positions: items, device: device))
  }

  /// The only vector of each query, or the one that scores its target best, `[batch, width]`.
  package func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    let vectors = interests(batch.queries, phase)
    return interests == 1 ? vectors.squeeze(1) : vectors.bestInterest(toward: targets())
  }
}
