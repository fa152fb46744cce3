import CorralData
import CorralModels

/// The training examples of a split: pairs of a query and a target, or whole sequences.
enum ExampleSource {
  case pairs(TrainingExamples)
  case sequences(SequenceExamples)

  /// The examples for a retriever, and for a ranker that is trained with it.
  ///
  /// A catalogue with tasks needs the partition that they are.
  init(
    _ settings: RetrieverTrainingSettings, of split: Split, _ catalogue: Catalogue,
    partition: Partition? = nil, then ranker: (any RankerModelSettings)? = nil
  ) {
    let model = settings.retriever.model
    let told = catalogue.tasks.areTold ? partition : nil
    switch model.examples {
    case .pairs:
      // A withheld user is known by the items that they interacted with.
      let isFolded = model.historyLength == 0 && settings.train.withheldUsers > 0
      let needsHistory =
        isFolded || model.needsHistory(catalogue) || ranker?.needsHistory(catalogue) ?? false
      self = .pairs(
        TrainingExamples(
          split,
          historyLength: max(
            isFolded ? Self.foldedItems : model.historyLength, ranker?.history ?? 0),
          selection: .init(minimumHistory: needsHistory ? 1 : 0), partition: told))
    case .sequences:
      self = .sequences(SequenceExamples(split, length: model.historyLength, partition: told))
    case .cloze(let share, let ends):
      self = .sequences(
        SequenceExamples(
          split, length: model.historyLength, hiddenShare: share, hiddenEnds: ends,
          partition: told))
    }
  }

  /// The most items that stand for a withheld user if the model itself reads no history.
  private static let foldedItems = 20

  /// The number of examples.
  var count: Int {
    switch self {
    case .pairs(let examples): examples.count
    case .sequences(let examples): examples.count
    }
  }

  /// The order of an epoch over the examples.
  func order(seed: UInt64, epoch: Int) -> ExampleOrder {
    ExampleOrder(count: count, seed: seed, epoch: epoch)
  }

  /// The examples at some places of an order.
  func batch(_ places: Range<Int>, of order: ExampleOrder) -> TrainingBatch {
    switch self {
    case .pairs(let examples): examples.batch(places, of: order)
    case .sequences(let examples): examples.batch(places, of: order)
    }
  }
}
