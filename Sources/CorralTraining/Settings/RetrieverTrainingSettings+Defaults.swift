public import CorralModels

extension RetrieverTrainingSettings {
  /// The defaults of training a retriever: those of its recipe.
  public init(_ retriever: RetrieverSettings) {
    let recipe = type(of: retriever.model).training
    self.init()
    self.retriever = retriever
    (loss, negatives) = (recipe.loss, recipe.negatives)
    (correction, train) = (recipe.correction, recipe.train)
  }
}
