package import CorralArtifacts
package import CorralSettings
import CorralTraining
import CorralVectors
package import Foundation

/// Where a run that is not finished keeps what it needs to go on: a folder beside the model.
package struct CheckpointFolder {
  /// `MODEL.checkpoint`.
  package let folder: URL

  /// The checkpoint of the model that is going to be at a place.
  package init(beside place: URL) {
    let place = place.standardizedFileURL
    folder = place.deletingLastPathComponent()
      .appending(path: place.lastPathComponent + ".checkpoint")
  }

  /// Whether a run was begun here and not ended.
  package var exists: Bool { FileManager.default.fileExists(atPath: settingsFile.path) }

  /// Whether a run has saved something that it can go on from.
  private var holdsProgress: Bool {
    names.contains { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
  }

  private var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  }

  /// Takes the checkpoint for this process, and clears away what a process that was killed left.
  ///
  /// Throws where another run is at work, where a run would be lost, and where the model could not
  /// be saved in the end. Nobody else has the checkpoint until the lock is let go.
  package func claim(isResuming: Bool, place: URL) throws -> ProcessLock {
    try SavedModel.checkReplaceable(place.resolvingSymlinksInPath())
    try makeFolder()
    let lock = try ProcessLock.take(folder.appending(path: Self.lockName))
    if holdsProgress, !isResuming {
      throw PipelineError.other(
        """
        \(folder.path) holds a run; add --resume to go on with it, or remove the folder to \
        start again
        """)
    }
    // A resumed run goes on with its logs too; half-written files are nothing to anybody.
    for name in names
    where name != Self.lockName && (!isResuming || name.contains(".partial-")) {
      try? FileManager.default.removeItem(at: folder.appending(path: name))
    }
    return lock
  }

  private static let lockName = "run.lock"

  private func makeFolder() throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw ArtifactError.system(
        SystemReason.number(of: error) ?? EIO, path: folder.path, writing: true)
    }
  }

  /// The merged settings of the run to resume; `nil` if there is no run.
  package var settings: URL? { exists ? settingsFile : nil }

  /// Makes the folder, and writes the settings of the run into it.
  package func begin(_ settings: Settings) throws {
    try makeFolder()
    try AtomicFile.write(Data(yamlText(settings).utf8), to: settingsFile)
  }

  /// The run of a retriever that is trained by itself, and what its epochs reported.
  package static let retriever = (run: "run.safetensors", log: "training.jsonl")

  /// Begins as a run that has trained its retriever as another one has, whose checkpoint was kept;
  /// `false` where it was not.
  package func begin(_ settings: Settings, withRetrieverOf other: CheckpointFolder) throws -> Bool {
    let manager = FileManager.default
    let names = [Self.retriever.run, Self.retriever.log]
    guard names.allSatisfy({ manager.fileExists(atPath: other.folder.appending(path: $0).path) })
    else { return false }
    try makeFolder()
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
  /// it refuses to go on with other settings or data, the settings of the run stay as they were.
  package func clearingUp<Result>(_ body: () throws -> Result) throws -> Result {
    let told = try? Data(contentsOf: settingsFile)
    do {
      return try body()
    } catch {
      if !holdsProgress { remove() }
      switch error {
      case TrainingError.settingsDiffer, TrainingError.dataDiffer, is PipelineError:
        if let told, holdsProgress { try AtomicFile.write(told, to: settingsFile) }
      default: break
      }
      throw error
    }
  }

  /// Removes the folder once the model is saved.
  package func remove() { try? FileManager.default.removeItem(at: folder) }

  private var settingsFile: URL { folder.appending(path: "settings.yaml") }
}
