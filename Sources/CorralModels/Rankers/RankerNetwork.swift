public import CorralData
public import Torch

/// The ranker that settings name, as one type: what a file of settings becomes.
public struct RankerNetwork: Ranker {
  private let ranker: any Ranker

  /// The ranker that settings describe, with some heads: the one exhaustive switch from settings to
  /// models.
  ///
  /// Throws `ModelsError` for settings that it cannot have, and `TorchError` when stored parameters
  /// do not fit.
  public init(
    _ settings: RankerSettings, tasks: Int = 1, for catalogue: Catalogue,
    in scope: Parameters.Scope
  ) throws {
    ranker =
      switch settings {
      case .deepFM(let settings): try DeepFM(settings, tasks: tasks, for: catalogue, in: scope)
      case .dcn(let settings): try DCN(settings, tasks: tasks, for: catalogue, in: scope)
      case .dcnV2(let settings): try DCNv2(settings, tasks: tasks, for: catalogue, in: scope)
      case .din(let settings): try DIN(settings, tasks: tasks, for: catalogue, in: scope)
      case .bst(let settings): try BST(settings, tasks: tasks, for: catalogue, in: scope)
      }
  }

  /// The number of heads.
  public var tasks: Int { ranker.tasks }

  /// Where the parameters are.
  public var device: Device { ranker.device }

  /// The logits of some candidates, `[batch, candidates, tasks]`.
  public func logits(_ batch: CandidateBatch, _ phase: Phase) -> Tensor {
    ranker.logits(batch, phase)
  }
}
