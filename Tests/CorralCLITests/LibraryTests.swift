import Corral
import CorralTesting
import Foundation
import Testing

@Suite struct LibraryTests {
  /// What the articles do, on data small enough for a test.
  @Test func `a retriever is trained from Swift with one import`() throws {
    try withTemporaryFolder { folder in
      let made = try Dataset.synthesized(
        SyntheticSettings(users: 60, items: 40, interactions: 900, seed: 3))
      _ = try made.write(to: folder.path, as: .atomic, name: "films")

      var settings = DataSettings()
      settings.path = folder.path
      let (dataset, _) = try Dataset.load(settings)
      let split = try dataset.split(.leaveOneOut)
      var choice = RetrieverTrainingSettings()
      choice.train.epochs = 2
      var training = try RetrieverTraining(choice, on: split, of: Catalogue(dataset))
      var losses: [Double] = []
      while let epoch = try training.next() { losses.append(Double(epoch.loss)) }

      #expect(losses.count == 2 && losses[1] < losses[0])
    }
  }
}
