import CorralArtifacts
import CorralData
import CorralVectors
import Foundation

/// The file of a run of a classical model: its vectors, and in the metadata the settings, the history of
/// epochs and a fingerprint of the data.
struct ClassicalCheckpoint {
  let file: URL
  private let settings: FlatSettings
  private let fingerprint: String

  /// The checkpoint of a run over a split.
  ///
  /// `others` are what decides the result besides the settings' own keys.
  init(
    _ file: URL, settings: some Encodable, _ others: [String: any CustomStringConvertible],
    _ split: Split
  ) throws {
    self.file = file
    self.settings = try FlatSettings(settings).adding(others.mapValues(\.description))
    fingerprint = split.fingerprint(readingImpressions: false)
  }

  /// Replaces the checkpoint.
  func write(_ tensors: [SafetensorsTensor], _ history: [EpochReport]) throws {
    let metadata = [
      "settings": try Checkpoint.Metadata.text(settings),
      "history": try Checkpoint.Metadata.text(history), "data": fingerprint,
    ]
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try AtomicFile.write(to: file) { place in
      try SafetensorsFile.write(tensors, metadata: metadata, to: place)
    }
  }

  /// Reads the checkpoint; `nil` when there is none.
  ///
  /// Throws `TrainingError` for a file that cannot be read, or that belongs to a run with other data or
  /// settings; those in `free` may differ, since they only decide when the run ends.
  func read<Model>(
    except free: Set<String>, _ model: (SafetensorsFile) throws -> Model
  ) throws -> (model: Model, history: [EpochReport])? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let stored: SafetensorsFile
    do { stored = try SafetensorsFile(file) } catch { throw damaged("\(error)") }
    let saved = try Checkpoint.Metadata.value(FlatSettings.self, "settings", in: stored)
    if let (key, now, then) = settings.firstDifference(from: saved, except: free) {
      throw TrainingError.settingsDiffer(path: file.path, key: key, saved: then, now: now)
    }
    guard stored.metadata["data"] == fingerprint else {
      throw TrainingError.dataDiffer(path: file.path)
    }
    let history = try Checkpoint.Metadata.value([EpochReport].self, "history", in: stored)
    do { return (try model(stored), history) } catch { throw damaged("\(error)") }
  }

  private func damaged(_ reason: String) -> TrainingError {
    .damagedCheckpoint(path: file.path, reason: reason)
  }
}

/// What the trainings of classical models share: reports, checkpoint, and when they end.
struct ClassicalRun {
  /// The epochs that the settings ask for.
  let epochs: Int
  let checkpoint: ClassicalCheckpoint?
  private(set) var history: [EpochReport] = []
  private var wasStopped = false

  init(epochs: Int, checkpoint: ClassicalCheckpoint?) {
    (self.epochs, self.checkpoint) = (epochs, checkpoint)
  }

  /// What ended the run, or that it is still running.
  var outcome: TrainingOutcome {
    if wasStopped { return .interrupted }
    return isFinished ? .finished : .running
  }

  var isFinished: Bool { history.count >= epochs }

  /// Goes on after the epochs of a checkpoint, and returns the model that it holds; `nil` without one.
  mutating func resume<Model>(
    except free: Set<String>, _ model: (SafetensorsFile) throws -> Model
  ) throws -> Model? {
    guard let (model, history) = try checkpoint?.read(except: free, model) else { return nil }
    self.history = history
    return model
  }

  /// Saves the run and marks it as interrupted.
  mutating func stop(saving tensors: [SafetensorsTensor]) throws {
    wasStopped = true
    try checkpoint?.write(tensors, history)
  }

  /// Ends an epoch and reports it.
  mutating func report(
    seconds: Double, examples: Int, _ progress: (StepProgress) -> Void
  ) -> EpochReport {
    wasStopped = false
    let number = history.count + 1
    let report = EpochReport(
      epoch: number, step: number, loss: .nan, examples: examples, seconds: seconds,
      peakMemory: ProcessMemory.peak)
    history.append(report)
    progress(
      StepProgress(
        epoch: number, epochs: epochs, step: 1, steps: 1, loss: .nan, meanLoss: .nan,
        examplesPerSecond: report.examplesPerSecond,
        secondsLeft: seconds * Double(epochs - number)))
    return report
  }
}

extension TrainingError {
  /// Throws `damagedCheckpoint` unless there is one saved vector per user or item.
  static func checkRows(
    of file: SafetensorsFile, _ name: String, _ vectors: Matrix, _ count: Int
  ) throws {
    guard vectors.rows != count else { return }
    throw damagedCheckpoint(
      path: file.url.path,
      reason: "it has \(vectors.rows) vectors of \(name), and the data have \(count) \(name)")
  }
}
