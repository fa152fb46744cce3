public import CorralData
public import Torch

/// The retriever that settings name, as one type: what a file of settings becomes.
public struct RetrieverNetwork: Retriever {
  private let retriever: any Retriever

  /// The retriever that settings describe: the one exhaustive switch from settings to models.
  ///
  /// Throws `ModelsError` for settings that it cannot have, and `TorchError` when stored parameters
  /// do not fit.
  public init(
    _ settings: RetrieverSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    retriever =
      switch settings {
      case .twoTower(let settings): try TwoTower(settings, for: catalogue, in: scope)
      case .matrixFactorisation(let settings):
        try MatrixFactorisation(settings, for: catalogue, in: scope)
      case .bprMF(let settings): try BPRMF(settings, for: catalogue, in: scope)
      case .logisticMF(let settings): try LogisticMF(settings, for: catalogue, in: scope)
      case .neuMF(let settings): try NeuMF(settings, for: catalogue, in: scope)
      case .dssm(let settings): try DSSM(settings, for: catalogue, in: scope)
      case .caser(let settings): try Caser(settings, for: catalogue, in: scope)
      case .mind(let settings): try MIND(settings, for: catalogue, in: scope)
      case .comiRec(let settings): try ComiRec(settings, for: catalogue, in: scope)
      case .mmoe(let settings): try MMoE(settings, for: catalogue, in: scope)
      case .sasRec(let settings): try SASRec(settings, for: catalogue, in: scope)
      case .bert4Rec(let settings): try BERT4Rec(settings, for: catalogue, in: scope)
      case .gru4Rec(let settings): try GRU4Rec(settings, for: catalogue, in: scope)
      }
  }

  /// The number of elements of a vector.
  public var dimension: Int { retriever.dimension }

  /// Where the parameters are.
  public var device: Device { retriever.device }

  /// The learned multiplier of scores.
  public var scale: Tensor? { retriever.scale }

  /// The number of vectors that a query has.
  public var interests: Int { retriever.interests }

  /// Whether scores are inner products.
  public var isInnerProduct: Bool { retriever.isInnerProduct }

  /// The vectors of some queries, `[batch, dimension]` or `[batch, interests, dimension]`.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    retriever.queries(batch, phase)
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    retriever.items(items, phase)
  }

  /// The vector that each target is scored with, `[targets, dimension]`.
  public func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    retriever.queries(batch, toward: targets(), phase)
  }

  /// The scores of some queries against some items.
  public func scores(_ queries: Tensor, _ items: Tensor) -> Tensor {
    retriever.scores(queries, items)
  }
}
