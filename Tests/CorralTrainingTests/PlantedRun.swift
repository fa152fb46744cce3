import CorralData
import CorralModels
import CorralTraining
import CorralVectors
import Foundation
import Testing
import Torch

/// Users who walk round a ring of items, one step at a time: what comes next follows from the last
/// item alone.
struct PlantedRun {
  var settings = RetrieverTrainingSettings()
  var split: Split
  let catalogue: Catalogue

  init(settings: RetrieverTrainingSettings, split: Split, catalogue: Catalogue) {
    self.settings = settings
    self.split = split
    self.catalogue = catalogue
  }

  init(users: Int = 60, items: Int = 24, length: Int = 12) {
    var generator = SeededGenerator(seed: 8)
    let walks = (0..<users).map { _ in
      let start = generator.next(below: items)
      return (0..<length).map { ItemIndex((start + $0) % items) }
    }
    split = Split(
      itemCount: items, training: Ragged(walks.map { $0.dropLast(2) }),
      weights: [Float](repeating: 1, count: users * (length - 2)),
      validation: Ragged(walks.map { $0[(length - 2)..<(length - 1)] }),
      test: Ragged(walks.map { $0[(length - 1)...] }), rule: "planted walks")
    catalogue = Catalogue(users: FeatureTable(count: users), items: FeatureTable(count: items))
    var network = TwoTowerSettings()
    network.dimension = 16
    network.history.length = 3
    settings.retriever = RetrieverSettings(network)
    settings.train.batch = 64
    settings.train.rate = 0.05
    settings.train.epochs = 6
    settings.train.metric = "ndcg@5"
    settings.train.threads = 1
  }

  /// Changes the two-tower network.
  mutating func shape(_ change: (inout TwoTowerSettings) -> Void) {
    guard var network = settings.retriever.model as? TwoTowerSettings else { return }
    change(&network)
    settings.retriever = RetrieverSettings(network)
  }

  func training(
    _ checkpoint: URL? = nil, from start: TrainingStart = .scratch
  ) throws -> RetrieverTraining {
    try RetrieverTraining(settings, on: split, of: catalogue, checkpoint: checkpoint, from: start)
  }
}

extension RetrieverTraining {
  /// Trains to the end and returns the reports.
  mutating func finish() throws -> [EpochReport] {
    var reports: [EpochReport] = []
    while let report = try next() { reports.append(report) }
    return reports
  }
}

extension EpochReport {
  /// The report without what a clock or the machine says.
  var timeless: EpochReport {
    var report = self
    (report.seconds, report.validationSeconds, report.peakMemory) = (0, 0, 0)
    return report
  }
}
