public import Foundation

/// What a training changes, as TensorBoard's tags name it.
public enum TrainedStage: String, Sendable, CaseIterable {
  /// The retriever by itself.
  case retriever
  /// The ranker by itself.
  case ranker
  /// Retriever and ranker together.
  case both
}

/// Writes numbers that TensorBoard plots: an event file in a folder, one record a step.
///
/// `tensorboard --logdir FOLDER` shows them. A resumed run adds a file; TensorBoard joins the files
/// of a folder by itself and drops the steps that a later file repeats.
public struct TensorBoardWriter {
  /// The event file.
  public let file: URL
  private let handle: FileHandle

  /// Starts an event file in a folder, which is made when it is missing; throws what the file
  /// system says.
  public init(folder: URL, at time: Date = Date()) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let stamp = String(format: "%016.5f", time.timeIntervalSince1970)
    file = folder.appending(path: "events.out.tfevents.\(stamp).corral")
    try Data().write(to: file)
    handle = try FileHandle(forWritingTo: file)
    try write(ScalarEvent(wallTime: time.timeIntervalSince1970, step: 0, content: .version))
  }

  /// Writes named numbers at a step.
  public func write(_ scalars: [String: Double], step: Int, at time: Date = Date()) throws {
    let sorted = scalars.sorted { $0.key < $1.key }
    try write(
      ScalarEvent(
        wallTime: time.timeIntervalSince1970, step: step,
        content: .scalars(sorted.map { (name: $0.key, value: Float($0.value)) })))
  }

  /// Writes what an epoch of a stage reports, at its number: `retriever/loss`,
  /// `retriever/examples_per_second`, and validation metrics as `retriever/ndcg@10`.
  ///
  /// A metric of one stage among those of both, such as `retriever/ndcg@10`, keeps its own stage.
  public func write(_ report: EpochReport, of stage: TrainedStage, at time: Date = Date()) throws {
    var scalars = [
      "\(stage.rawValue)/loss": report.loss,
      "\(stage.rawValue)/examples_per_second": report.examplesPerSecond,
    ]
    for (name, value) in report.validation {
      scalars[name.contains("/") ? name : "\(stage.rawValue)/\(name)"] = value
    }
    try write(scalars, step: report.epoch, at: time)
  }

  private func write(_ event: ScalarEvent) throws {
    try handle.write(contentsOf: Data(event.record))
  }
}
