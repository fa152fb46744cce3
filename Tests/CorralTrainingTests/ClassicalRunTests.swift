import CorralBaselines
import CorralData
import CorralModels
import CorralTesting
import CorralTraining
import Foundation
import Testing

/// Trains to the end, or up to an epoch, and returns the model.
private func finish<T: Training>(_ training: inout T, stopAfter last: Int = .max) throws -> T.Model
{
  var done = 0
  while try training.next(shouldStop: { done == last }) != nil { done += 1 }
  return try training.model()
}

@Suite struct `runs of classical models` {
  private let split = PlantedRun().split

  private var als: ImplicitALSSettings {
    var settings = ImplicitALSSettings()
    (settings.dimension, settings.sweeps) = (8, 4)
    return settings
  }

  private var item2vec: Item2VecSettings {
    var settings = Item2VecSettings()
    (settings.dimension, settings.epochs) = (8, 4)
    return settings
  }

  @Test func `implicit ALS stopped and resumed ends with the same bytes`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "als.safetensors")
      var whole = try ImplicitALSRun(als, on: split)
      let expected = try finish(&whole)
      #expect(whole.outcome == .finished && whole.history.map(\.epoch) == [1, 2, 3, 4])
      #expect(whole.unit.plural == "sweeps" && whole.parameterCount == (60 + 24) * 8)
      #expect(whole.history.allSatisfy { $0.loss.isNaN && $0.examples == 600 })
      var stopped = try ImplicitALSRun(als, on: split, checkpoint: file)
      _ = try finish(&stopped, stopAfter: 2)
      #expect(stopped.outcome == .interrupted)
      var resumed = try ImplicitALSRun(als, on: split, checkpoint: file, from: .checkpoint)
      #expect(resumed.history == stopped.history && resumed.outcome == .running)
      let model = try finish(&resumed)
      #expect(model.users == expected.users && model.items == expected.items)
      // More sweeps than it was started with are no other run.
      var longer = als
      longer.sweeps = 9
      #expect(
        try ImplicitALSRun(longer, on: split, checkpoint: file, from: .checkpoint).history.count
          == 2)
    }
  }

  @Test func `item2vec stopped and resumed ends with the same bytes`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "item2vec.safetensors")
      var whole = try Item2VecRun(item2vec, on: split)
      let expected = try finish(&whole)
      #expect(whole.unit.plural == "passes" && whole.parameterCount == 2 * 24 * 8)
      var stopped = try Item2VecRun(item2vec, on: split, checkpoint: file)
      _ = try finish(&stopped, stopAfter: 1)
      var resumed = try Item2VecRun(item2vec, on: split, checkpoint: file, from: .checkpoint)
      let model = try finish(&resumed)
      #expect(model.inputs == expected.inputs && model.outputs == expected.outputs)
    }
  }

  @Test func `other settings, other data and a damaged file are refused`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "als.safetensors")
      var run = try ImplicitALSRun(als, on: split, checkpoint: file)
      _ = try finish(&run, stopAfter: 1)
      var other = als
      other.dimension = 16
      expectError(
        """
        \(file.path) cannot be resumed: it was trained with dimension = 8, and now dimension = 16; \
        use the settings that it was started with, or start anew without --resume
        """
      ) { _ = try ImplicitALSRun(other, on: split, checkpoint: file, from: .checkpoint) }
      #expect(throws: TrainingError.dataDiffer(path: file.path)) {
        let split = PlantedRun(users: 61).split
        _ = try ImplicitALSRun(als, on: split, checkpoint: file, from: .checkpoint)
      }
      let whole = try Data(contentsOf: file)
      try whole.prefix(whole.count - 7).write(to: file)
      do {
        _ = try ImplicitALSRun(als, on: split, checkpoint: file, from: .checkpoint)
        Issue.record("no error")
      } catch {
        #expect("\(error)".hasPrefix("\(file.path) is not a checkpoint that can be read: "))
      }
      #expect(
        try ImplicitALSRun(
          als, on: split, checkpoint: folder.appending(path: "none"), from: .checkpoint
        ).history.isEmpty)
    }
  }

  @Test func `every training is told and stopped alike`() throws {
    func stop<T: Training>(_ training: T) throws {
      var training = training
      var steps: [StepProgress] = []
      let report = try training.next(progress: { steps.append($0) })
      #expect(report == training.history.last && steps.count == training.stepsPerEpoch)
      #expect(training.outcome == .running && training.parameterCount > 0)
      #expect(try training.next(shouldStop: { true }) == nil)
      #expect(training.outcome == .interrupted)
    }
    var pair = PlantedPair()
    pair.settings.train.epochs = 3
    try stop(ImplicitALSRun(als, on: split))
    try stop(Item2VecRun(item2vec, on: split))
    try stop(PlantedRun().training())
    try stop(pair.training())
  }
}
