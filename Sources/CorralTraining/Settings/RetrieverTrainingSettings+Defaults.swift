public import CorralModels
import CorralSampling

extension RetrieverTrainingSettings {
  /// The defaults of a retriever: how it was described, or what does well with it since.
  ///
  /// A model whose description trains it by another loss than the softmax has that loss.
  public init(_ kind: RetrieverSettings.Kind) {
    self.init()
    retriever = RetrieverSettings(kind)
    switch kind {
    case .twoTower, .matrixFactorisation: break
    case .dssm: train.rate = 2e-3
    case .bprMF:
      train(.bpr, against: 4)
      train.rate = 5e-3
    case .logisticMF:
      train(.bce, against: 4)
      train.rate = 5e-3
    case .neuMF:
      train(.bce, against: 4)
      train.rate = 2e-3
    case .caser:
      train(.bce, against: 3)
      train.rate = 3e-3
    case .mind, .comiRec, .mmoe:
      train.rate = 3e-3
      loss.temperature = 1
      negatives.kind = .uniform
      negatives.count = 1024
    case .sasRec, .gru4Rec:
      // Inner products against many uniform items are what SASRec needs to equal its successors
      // (Klenitskiy and Vasilev, 2023); most of the gain comes as the rate falls.
      loss.temperature = 1
      negatives.kind = .uniform
      negatives.count = 1000
      correction.estimate = .none
      train.epochs = 30
      train.batch = 32
      train.rate = 3e-3
      train.schedule = .linear
      train.evaluateEvery = 3
      train.patience = 0
    case .bert4Rec:
      // An epoch finds only the hidden items, so that it takes more epochs than the next-item models.
      loss.temperature = 1
      negatives.kind = .all
      correction.estimate = .none
      train.epochs = 50
      train.batch = 16
      train.rate = 2.5e-3
      train.schedule = .linear
      train.evaluateEvery = 5
      train.patience = 0
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
