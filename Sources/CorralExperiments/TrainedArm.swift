package import CorralArtifacts
package import CorralEvaluation
import CorralPipeline
package import CorralSettings
import CorralTraining
package import Foundation

/// What an experiment wants to know of a model that was trained for it.
package struct TrainedArm {
  /// What the whole model recommends.
  package let evaluation: Evaluation
  /// What its retriever finds, where a ranker comes after it.
  package let retriever: Evaluation?
  package let data: Manifest.DataProvenance
  /// Seconds of training.
  package let seconds: Double
  /// Epochs that were trained; 0 where the model keeps no log of them.
  package let epochs: Double
  /// The most memory of the process, in bytes; 0 where it was not noted.
  package let peakMemory: Int
  private let settings: Settings

  /// Reads a trained model; `nil` where there is none.
  package init?(at place: URL) throws {
    guard
      FileManager.default.fileExists(atPath: place.appending(path: Manifest.fileName).path)
    else { return nil }
    let opened = try OpenedModel(place.path)
    guard let evaluation = try opened.savedEvaluation() else { return nil }
    self.evaluation = evaluation
    retriever = try opened.savedEvaluation(ModelFile.retrieverEvaluation)
    data = opened.saved.manifest.data
    settings = opened.settings
    seconds = opened.saved.manifest.created.seconds
    let log = place.appending(path: "training.jsonl")
    epochs = Double(
      ((try? String(contentsOf: log, encoding: .utf8)) ?? "").split(separator: "\n").count)
    peakMemory =
      (try? String(contentsOf: Self.memoryFile(of: place), encoding: .utf8)).flatMap(Int.init) ?? 0
  }

  /// Throws where the model was trained with other settings than these, but for those that begin with
  /// what its training does not read: an experiment that goes on in a folder of another one would mix
  /// the two.
  package func checkSettings(are wanted: Settings, butFor unread: [String], at place: URL) throws {
    let (wanted, kept) = (try FlatSettings(wanted), try FlatSettings(settings))
    let free = wanted.values.keys.filter { key in unread.contains { key.hasPrefix($0) } }
    guard let (key, wanted, kept) = wanted.firstDifference(from: kept, except: Set(free))
    else { return }
    throw ExperimentError(
      "\(place.path) was trained with \(key) \(kept), and this experiment has \(wanted); remove it, or "
        + "choose another --out")
  }

  /// Writes down, beside the model, what its process needed.
  package static func note(peakMemory: Int, at place: URL) throws {
    try AtomicFile.write(Data("\(peakMemory)".utf8), to: memoryFile(of: place))
  }

  private static func memoryFile(of place: URL) -> URL {
    place.deletingLastPathComponent().appending(path: place.lastPathComponent + ".peak-memory")
  }
}
