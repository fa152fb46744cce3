public import CorralModels

extension RetrieverTrainingSettings {
  /// The defaults of a retriever: how it was described, or what does well with it since.
  ///
  /// A model whose description trains it by another loss than the softmax has that loss.
  public init(_ kind: RetrieverSettings.Kind) {
    self.init()
    retriever = RetrieverSettings(kind)
    switch kind {
    case .twoTower, .matrixFactorisation: break
    }
  }
}
