package import CorralModels

/// Which retriever, and its shape: the `retriever` block of a settings file.
///
/// The library's settings of the networks, under one list of models with those that are none.
package struct RetrieverBlock: Codable, Equatable, Sendable {
  /// The models that `train` knows.
  package enum Model: String, Codable, CaseIterable, Sendable {
    /// What occurred most often, the same to everybody.
    case popularity
    /// Implicit alternating least squares; the block `als` says how.
    case implicitALS = "implicit-als"
    /// Matrix factorisation by gradient.
    case matrixFactorisation = "mf"
    /// The two-tower network.
    case twoTower = "two-tower"
  }

  /// Which retriever.
  package var model = Model.twoTower
  /// The number of elements of each embedding, and of the vectors of a tower without layers.
  package var dimension = RetrieverSettings().dimension
  /// How the vectors of a query and an item are compared.
  package var similarity = RetrieverSettings().similarity
  /// Whether a multiplier of all scores is learned.
  package var scale = RetrieverSettings().scale
  /// The standard deviation of initial embeddings.
  package var initialSpread = RetrieverSettings().initialSpread
  /// Whether the two-tower network knows users by their ids.
  package var userEmbedding = RetrieverSettings().userEmbedding
  /// How the two-tower network sees histories.
  package var history = RetrieverSettings().history
  /// Whether the two-tower network sees features.
  package var features = RetrieverSettings().features
  /// The widths of the layers of the query tower.
  package var queryTower = RetrieverSettings().queryTower
  /// The widths of the layers of the item tower.
  package var itemTower = RetrieverSettings().itemTower
  /// The share of activations that training drops.
  package var dropout = RetrieverSettings().dropout

  /// The defaults: the two-tower network.
  package init() {}

  /// The library's settings of a network of this shape.
  package func network(_ kind: RetrieverSettings.Kind) -> RetrieverSettings {
    var settings = RetrieverSettings()
    settings.model = kind
    settings.dimension = dimension
    settings.similarity = similarity
    settings.scale = scale
    settings.initialSpread = initialSpread
    settings.userEmbedding = userEmbedding
    settings.history = history
    settings.features = features
    settings.queryTower = queryTower
    settings.itemTower = itemTower
    settings.dropout = dropout
    return settings
  }
}
