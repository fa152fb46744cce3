import Corral

/// Trains a retriever on a folder of data.
func trainARetriever() throws {
  var settings = DataSettings()
  settings.path = "films"
  let (dataset, _) = try Dataset.load(settings)
  let split = try dataset.split(.leaveOneOut)
  var choice = RetrieverTrainingSettings()
  choice.train.epochs = 2
  var training = try RetrieverTraining(choice, on: split, of: Catalogue(dataset))
  while let epoch = try training.next() { print(epoch.loss, epoch.validation) }
}
