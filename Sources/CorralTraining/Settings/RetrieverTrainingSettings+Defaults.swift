public import CorralModels

extension RetrieverTrainingSettings {
  /// The defaults of a retriever: how it was described, or what does well with it since.
  ///
  /// A model whose description trains it by another loss than the softmax has that loss.
  public init(_ kind: RetrieverSettings.Kind) {
    self.init()
    retriever = RetrieverSettings(kind)
    switch kind {
    case .twoTower, .matrixFactorisation, .dssm: break
    case .bprMF: train(.bpr, against: 4)
    case .logisticMF, .neuMF: train(.bce, against: 4)
    case .caser: train(.bce, against: 3)
    case .mind, .comiRec, .mmoe:
      loss.temperature = 1
      negatives.kind = .uniform
      negatives.count = 1024
    }
  }

  /// Some negatives of its own for each example, and scores as they are.
  private mutating func train(_ kind: LossSettings.Kind, against count: Int) {
    loss.kind = kind
    loss.temperature = 1
    negatives.kind = .uniform
    negatives.count = count
    negatives.sharing = .example
  }
}
