import CorralArtifacts
import CorralTraining
import Foundation

/// Where a run that is not finished keeps what it needs to go on: a folder beside the model.
struct Checkpoint {
  /// `MODEL.checkpoint`.
  let folder: URL

  /// The checkpoint of the model that is going to be at a place.
  init(beside place: URL) {
    let place = place.standardizedFileURL
    folder = place.deletingLastPathComponent()
      .appending(path: place.lastPathComponent + ".checkpoint")
  }

  /// Whether a run left one.
  var exists: Bool { FileManager.default.fileExists(atPath: settingsFile.path) }

  /// Refuses to start where a run would be lost, or could not be saved in the end.
  func prepare(isResuming: Bool, place: URL) throws {
    if exists, !isResuming {
      throw InputError.other(
        """
        \(folder.path) holds a run; add --resume to go on with it, or remove the folder to \
        start again
        """)
    }
    let manager = FileManager.default
    let isTaken = manager.fileExists(atPath: place.path)
    let isModel = manager.fileExists(atPath: place.appending(path: Manifest.fileName).path)
    let isEmpty = (try? manager.contentsOfDirectory(atPath: place.path).isEmpty) ?? false
    if isTaken, !isModel, !isEmpty { throw ArtifactError.notReplaceable(path: place.path) }
  }

  /// The file with the merged settings of the run that is to go on, where there is one.
  var settings: URL? { exists ? settingsFile : nil }

  /// Makes the folder, and says in it what the run was told.
  func begin(_ settings: Settings) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try AtomicFile.write(Data(yamlText(settings).utf8), to: settingsFile)
  }

  /// The run of a retriever that is trained by itself, and what its epochs reported.
  static let retriever = (run: "run.safetensors", log: "training.jsonl")

  /// Begins as a run that has trained its retriever as another one has, whose checkpoint was kept;
  /// `false` where it was not.
  func begin(_ settings: Settings, withRetrieverOf other: Checkpoint) throws -> Bool {
    let manager = FileManager.default
    let names = [Self.retriever.run, Self.retriever.log]
    guard names.allSatisfy({ manager.fileExists(atPath: other.folder.appending(path: $0).path) })
    else { return false }
    try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in names {
      let place = folder.appending(path: name)
      if manager.fileExists(atPath: place.path) { try manager.removeItem(at: place) }
      try manager.copyItem(at: other.folder.appending(path: name), to: place)
    }
    // The settings say that there is a run, so they are last.
    try begin(settings)
    return true
  }

  /// Runs a body; when it throws before it left anything to go on with, the folder goes too, and when
  /// it refuses to go on with other settings or data, what the run was told stays as it was.
  func clearingUp<Result>(_ body: () throws -> Result) throws -> Result {
    let told = try? Data(contentsOf: settingsFile)
    do {
      return try body()
    } catch {
      let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
      if (files ?? []).allSatisfy({ $0 == settingsFile.lastPathComponent }) { remove() }
      switch error {
      case TrainingError.settingsDiffer, TrainingError.dataDiffer:
        if let told { try AtomicFile.write(told, to: settingsFile) }
      default: break
      }
      throw error
    }
  }

  /// Removes the folder once the model is saved.
  func remove() { try? FileManager.default.removeItem(at: folder) }

  private var settingsFile: URL { folder.appending(path: "settings.yaml") }
}
