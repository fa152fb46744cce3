import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralPipeline
import CorralSettings
import CorralTraining
import Foundation

/// A model that was trained for an experiment: how good it is, and what it cost.
struct TrainedArm {
  /// The evaluation of the whole model.
  let evaluation: Evaluation
  /// The evaluation of its retriever; `nil` for a model without a ranker.
  let retriever: Evaluation?
  let data: Manifest.DataProvenance
  /// Seconds of training.
  let seconds: Double
  /// The number of epochs; 0 for a model without a log of its training.
  let epochs: Double
  /// The peak memory of its process, in bytes; 0 if it was not noted.
  let peakMemory: Int
  private let settings: Settings

  /// Reads a trained model; `nil` if the folder holds no model or no evaluation.
  ///
  /// A ranking within clusters is made anew, with the settings that it is to have.
  init?(at place: URL, among: ArmTable.RankedAmong, by measuring: EvaluationSettings) throws {
    guard
      FileManager.default.fileExists(atPath: place.appending(path: Manifest.fileName).path)
    else { return nil }
    let opened = try OpenedModel(place.path)
    guard let saved = try opened.savedEvaluation() else { return nil }
    switch among {
    case .catalogue:
      evaluation = saved
      retriever = try opened.savedEvaluation(ModelFile.retrieverEvaluation)
    case .cluster:
      evaluation = try opened.measuredWithinClusters(
        on: opened.loadData(from: nil), part: .test, settings: measuring)
      retriever = nil
    }
    data = opened.saved.manifest.data
    settings = opened.settings
    seconds = opened.saved.manifest.created.seconds
    let log = place.appending(path: "training.jsonl")
    epochs = Double(
      ((try? String(contentsOf: log, encoding: .utf8)) ?? "").split(separator: "\n").count)
    peakMemory =
      (try? String(contentsOf: Self.memoryFile(of: place), encoding: .utf8)).flatMap(Int.init) ?? 0
  }

  /// Throws `ExperimentError` if the model was trained with other settings.
  ///
  /// Blocks that its training does not read may differ. Without this check, an experiment in the
  /// folder of another one would mix the models of both.
  func checkSettings(
    are wanted: Settings, butFor unreadBlocks: [String], at place: URL
  ) throws {
    let (wanted, kept) = (try FlatSettings(wanted), try FlatSettings(settings))
    let free = wanted.values.keys.filter { key in
      unreadBlocks.contains { key.hasPrefix("\($0).") }
    }
    guard let (key, wanted, kept) = wanted.firstDifference(from: kept, except: Set(free))
    else { return }
    throw ExperimentError(
      "\(place.path) was trained with \(key) \(kept), and this experiment has \(wanted); remove it, or "
        + "choose another --out")
  }

  /// Writes the peak memory of the training, in bytes, into a file beside the model.
  static func note(peakMemory: Int, at place: URL) throws {
    try AtomicFile.write(Data("\(peakMemory)".utf8), to: memoryFile(of: place))
  }

  private static func memoryFile(of place: URL) -> URL {
    place.deletingLastPathComponent().appending(path: place.lastPathComponent + ".peak-memory")
  }
}
