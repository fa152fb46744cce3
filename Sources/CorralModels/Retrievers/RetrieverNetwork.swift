public import CorralData
public import Torch

/// The retrievers that settings can name, as one type: what a file of settings becomes.
public enum RetrieverNetwork: Retriever {
  /// Matrix factorisation.
  case matrixFactorisation(MatrixFactorisation)
  /// The two-tower network.
  case twoTower(TwoTower)

  /// The retriever that settings describe.
  ///
  /// Throws `ModelsError` for settings that it cannot have, and `TorchError` when stored parameters
  /// do not fit.
  public init(
    _ settings: RetrieverSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    switch settings.model {
    case .matrixFactorisation:
      self = .matrixFactorisation(try MatrixFactorisation(settings, for: catalogue, in: scope))
    case .twoTower: self = .twoTower(try TwoTower(settings, for: catalogue, in: scope))
    }
  }

  /// The number of elements of a vector.
  public var dimension: Int {
    switch self {
    case .matrixFactorisation(let retriever): retriever.dimension
    case .twoTower(let retriever): retriever.dimension
    }
  }

  /// Where the parameters are.
  public var device: Device {
    switch self {
    case .matrixFactorisation(let retriever): retriever.device
    case .twoTower(let retriever): retriever.device
    }
  }

  /// The learned multiplier of scores.
  public var scale: Tensor? {
    switch self {
    case .matrixFactorisation(let retriever): retriever.scale
    case .twoTower(let retriever): retriever.scale
    }
  }

  /// The vectors of some queries, `[batch, dimension]`.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    switch self {
    case .matrixFactorisation(let retriever): retriever.queries(batch, phase)
    case .twoTower(let retriever): retriever.queries(batch, phase)
    }
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    switch self {
    case .matrixFactorisation(let retriever): retriever.items(items, phase)
    case .twoTower(let retriever): retriever.items(items, phase)
    }
  }
}
