import CorralData
import CorralModels
import CorralSampling
import CorralTesting
import CorralTraining
import CorralVectors
import Foundation
import Testing
import Torch

@Suite struct `checkpoints` {
  /// A run with everything that has a state: dropout, an estimator, draws, a schedule, patience.
  private func run() -> PlantedRun {
    var run = PlantedRun()
    run.shape {
      $0.queryTower = [24, 16]
      $0.dropout = 0.2
      $0.scale = .learned
    }
    run.settings.negatives.count = 16
    run.settings.correction.estimate = .streaming
    run.settings.correction.estimator.buckets = 32
    run.settings.train.epochs = 4
    run.settings.train.patience = 3
    run.settings.train.schedule = .linear
    run.settings.train.withheldUsers = 0.1
    return run
  }

  /// The bytes of every tensor in a checkpoint.
  private func tensors(of file: URL) throws -> [String: [UInt32]] {
    let file = try SafetensorsFile(file)
    var tensors: [String: [UInt32]] = [:]
    for (name, entry) in file.entries {
      tensors[name] = try file.withBytes(name, type: entry.type) {
        Array($0.bindMemory(to: UInt32.self))
      }
    }
    return tensors
  }

  // Steps are eight an epoch: inside the first, at the end of one, just after it, late.
  @Test(arguments: [1, 5, 8, 9, 15, 31], [0, 1, 3])
  func `a run that is killed and resumed ends with the bytes of one that never was`(
    killedAfter: Int, checkpointEvery: Int
  ) throws {
    try withTemporaryFolder { folder in
      var run = run()
      run.settings.train.checkpointEvery = checkpointEvery
      let whole = folder.appending(path: "whole.safetensors")
      let killed = folder.appending(path: "killed.safetensors")
      var training = try run.training(whole)
      var steps = 0
      while try training.next(progress: { _ in
        steps += 1
        // What a kill at this moment leaves behind: the file as it is, and nothing of the object.
        if steps == killedAfter { try? FileManager.default.copyItem(at: whole, to: killed) }
      }) != nil {}
      #expect(steps == 32)

      var resumed = try run.training(killed, from: .checkpoint)
      while try resumed.next() != nil {}
      #expect(resumed.history.map(\.timeless) == training.history.map(\.timeless))
      #expect(resumed.parameters.stored() == training.parameters.stored())
      #expect(try resumed.model().stored == training.model().stored)
      #expect(resumed.outcome == training.outcome)
      let bytes = try tensors(of: killed)
      #expect(bytes.keys.contains("estimator/gaps") && bytes.keys.contains("best/scale.log"))
      #expect(try bytes == tensors(of: whole))
    }
  }

  @Test func `a stop saves, and the run goes on from there`() throws {
    try withTemporaryFolder { folder in
      let run = run()
      let file = folder.appending(path: "stopped.safetensors")
      var training = try run.training(file)
      #expect(try training.next(shouldStop: { true }) == nil)
      #expect(training.outcome == .interrupted)
      var resumed = try run.training(file, from: .checkpoint)
      var first: Int?
      _ = try resumed.next(progress: { if first == nil { first = $0.step } })
      #expect(first == 2)
      #expect(resumed.outcome == .running)
    }
  }

  @Test func `a finished run is over when it is resumed, unless there are more epochs`() throws {
    try withTemporaryFolder { folder in
      var run = PlantedRun()
      run.settings.train.epochs = 2
      let file = folder.appending(path: "run.safetensors")
      var training = try run.training(file)
      _ = try training.finish()
      var again = try run.training(file, from: .checkpoint)
      #expect(try again.next() == nil)
      run.settings.train.epochs = 3
      var longer = try run.training(file, from: .checkpoint)
      #expect(try longer.finish().map(\.epoch) == [3])
      var whole = try run.training()
      _ = try whole.finish()
      #expect(longer.parameters.stored() == whole.parameters.stored())
    }
  }

  @Test func `other settings are refused by name`() throws {
    try withTemporaryFolder { folder in
      var run = run()
      let file = folder.appending(path: "run.safetensors")
      var training = try run.training(file)
      _ = try training.next()
      for (key, saved, now, change) in [
        ("train.rate", "0.05", "0.01", { $0.settings.train.rate = 0.01 }),
        ("retriever.queryTower", "[24, 16]", "[8, 16]", { $0.shape { $0.queryTower = [8, 16] } }),
        ("correction.form", "expected-count", "yi", { $0.settings.correction.form = .yi }),
      ] as [(String, String, String, (inout PlantedRun) -> Void)] {
        var other = run
        change(&other)
        expectError(
          """
          \(file.path) cannot be resumed: it was trained with \(key) = \(saved), and now \(key) = \
          \(now); use the settings that it was started with, or start anew without --resume
          """
        ) { _ = try other.training(file, from: .checkpoint) }
      }
      var longer = run
      longer.settings.train.epochs = 9
      expectError(
        """
        \(file.path) cannot be resumed with train.epochs = 9 after 4: with a train.schedule that \
        falls to the last epoch, the rate of every step follows from the number of epochs; use the \
        number that it was started with, or start anew with train.schedule=constant, which can \
        always be trained on
        """
      ) { _ = try longer.training(file, from: .checkpoint) }
      run.settings.train.patience = 0
      #expect(throws: Never.self) { try run.training(file, from: .checkpoint) }
    }
  }

  @Test func `other labels of the same interactions are other data`() throws {
    try withTemporaryFolder { folder in
      func run(labels: Float) -> PlantedRun {
        var run = PlantedRun()
        let split = run.split
        let count = split.training.values.count
        run.split = Split(
          itemCount: split.itemCount, training: split.training, weights: split.weights,
          validation: split.validation, test: split.test, rule: split.rule,
          trainingColumns: InteractionColumns(
            labels: LabelTable(
              count: count, names: ["like"],
              columns: [[Float](repeating: labels, count: count)])))
        run.settings.train.epochs = 1
        return run
      }
      let file = folder.appending(path: "run.safetensors")
      var training = try run(labels: 1).training(file)
      _ = try training.next()
      _ = try run(labels: 1).training(file, from: .checkpoint)
      #expect(throws: TrainingError.dataDiffer(path: file.path)) {
        _ = try run(labels: 0).training(file, from: .checkpoint)
      }
    }
  }

  @Test func `impressions are data of a ranker, and nothing to a retriever`() throws {
    try withTemporaryFolder { folder in
      var text = "user,item,time,event\n"
      for row in 0..<400 {
        text += "u\(row % 10),i\(row * 7 % 31),\(row),\(row % 3 == 0 ? "click" : "impression")\n"
      }
      var data = DataSettings(path: try folder.write(text, as: "log.csv"))
      data.events = ["click": 1, "impression": 0]
      func split(_ use: ImpressionUse) throws -> (Split, Catalogue) {
        data.impressions = use
        let dataset = try Dataset.load(data).dataset
        return (try dataset.split(.leaveOneOut), Catalogue(dataset))
      }
      let ((with, catalogue), (without, _)) = (try split(.keep), try split(.drop))
      #expect(with.impressions.count > 100)
      let retriever = folder.appending(path: "retriever.safetensors")
      var settings = RetrieverTrainingSettings()
      settings.train.epochs = 1
      var first = try RetrieverTraining(settings, on: without, of: catalogue, checkpoint: retriever)
      _ = try first.next()
      _ = try RetrieverTraining(
        settings, on: with, of: catalogue, checkpoint: retriever, from: .checkpoint)
      let ranker = folder.appending(path: "ranker.safetensors")
      var ranking = RankerTrainingSettings()
      ranking.train.epochs = 1
      var second = try RankerTraining(ranking, on: with, of: catalogue, checkpoint: ranker)
      _ = try second.next()
      #expect(throws: TrainingError.dataDiffer(path: ranker.path)) {
        _ = try RankerTraining(
          ranking, on: without, of: catalogue, checkpoint: ranker, from: .checkpoint)
      }
    }
  }

  @Test func `other data are refused`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "run.safetensors")
      var training = try PlantedRun().training(file)
      _ = try training.next()
      expectError(
        """
        \(file.path) cannot be resumed: it was trained on other data, or on another split of them; \
        use the data that it was started with, or start anew without --resume
        """
      ) { _ = try PlantedRun(users: 61).training(file, from: .checkpoint) }
    }
  }

  @Test func `a damaged file is refused, a missing one is a fresh start`() throws {
    try withTemporaryFolder { folder in
      let run = PlantedRun()
      let file = folder.appending(path: "run.safetensors")
      var fresh = try run.training(file, from: .checkpoint)
      _ = try fresh.next()
      let whole = try Data(contentsOf: file)
      try whole.prefix(whole.count - 7).write(to: file)
      do {
        _ = try run.training(file, from: .checkpoint)
        Issue.record("no error")
      } catch {
        #expect("\(error)".hasPrefix("\(file.path) is not a checkpoint that can be read: "))
        #expect("\(error)".hasSuffix("; start anew without --resume"))
      }
    }
  }

  @Test func `a loss that is no number ends the run and leaves the checkpoint`() throws {
    try withTemporaryFolder { folder in
      var run = PlantedRun()
      run.shape { $0.similarity = .dot }
      let file = folder.appending(path: "run.safetensors")
      var training = try run.training(file)
      _ = try training.next()
      let before = try Data(contentsOf: file)
      let table = try #require(training.parameters.all.first { $0.name == "items.weight" })
      table.tensor.write([Float](repeating: .infinity, count: table.tensor.count))
      expectError(
        """
        training has diverged: the loss became nan in epoch 2, step 1: lower train.rate, raise \
        loss.temperature, or set \
        train.clip to 1; the last checkpoint is as it was before
        """
      ) { _ = try training.next() }
      #expect(try Data(contentsOf: file) == before)
    }
  }

  @Test func `a parameter that is no number is not saved`() throws {
    try withTemporaryFolder { folder in
      var run = PlantedRun()
      run.settings.train.rate = .greatestFiniteMagnitude
      run.settings.train.optimiser = .sgd
      let file = folder.appending(path: "run.safetensors")
      var training = try run.training(file)
      #expect(throws: TrainingError.self) { _ = try training.finish() }
      #expect(!FileManager.default.fileExists(atPath: file.path))
    }
  }
}

/// Expects the body to throw an error with this text.
func expectError(
  _ message: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("no error", sourceLocation: sourceLocation)
  } catch {
    #expect("\(error)" == message, sourceLocation: sourceLocation)
  }
}
