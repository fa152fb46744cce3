import CorralArtifacts
package import CorralData
package import CorralSettings
import CorralTraining
package import Foundation

/// A model whose training is over: what `--resume` finds when there is nothing to go on with.
package struct FinishedModel {
  private let saved: SavedModel
  /// The model as the user named it.
  private let name: String

  /// Opens the model at a place; throws `ArtifactError`.
  package init(at place: URL, named name: String) throws {
    saved = try SavedModel.open(place)
    self.name = name
  }

  /// Checks that the model is the one that was asked for.
  ///
  /// - Parameters:
  ///   - isDataNamed: whether the user named the data, which must be there then.
  ///   - over: lays what the user asks for over the settings of the model.
  ///   - alone: makes settings of what the user asks for alone.
  /// - Returns: what could not be compared.
  /// - Throws: `PipelineError` naming the first setting that differs from the model's, or data that do.
  package func check(
    isDataNamed: Bool, over: (inout SettingsOverlay<Settings>) throws -> Settings,
    alone: () throws -> Settings
  ) throws -> [DataNote] {
    var overlay = Settings.overlay()
    try saved.laySettings(into: &overlay)
    var then = try overlay.decoded()
    var now: Settings
    do {
      now = try over(&overlay)
    } catch {
      // What was asked for is another model, which has other settings than this one.
      now = try alone()
    }
    then.dropUnreadImpressions()
    now.dropUnreadImpressions()
    let (saved, asked) = (try FlatSettings(then), try FlatSettings(now))
    if let (key, now, then) = asked.firstDifference(from: saved, except: Self.free) {
      throw PipelineError.other(
        """
        \(name) is complete: it was trained with \(key) = \(then), and now \(key) = \(now); train it \
        anew without --resume, or with --keep-checkpoint, which lets a run be trained on
        """)
    }
    return try checkData(now.data, isNamed: isDataNamed)
  }

  private func checkData(_ settings: DataSettings, isNamed: Bool) throws -> [DataNote] {
    let path = settings.path
    if !isNamed, !FileManager.default.fileExists(atPath: path) {
      return [
        DataNote(.note, "\(path) is no longer there, so the data were not compared")
      ]
    }
    let found = try LoadedData(settings).provenance.sha256
    let expected = saved.manifest.data.sha256
    if found != expected {
      throw PipelineError.otherData(path: path, expected: expected, found: found)
    }
    return []
  }

  /// Settings that change no number of a model: data are compared by their content.
  private static let free: Set = [
    "data.path", "train.checkpointEvery", "train.device", "train.threads",
    "rankerTraining.train.checkpointEvery", "rankerTraining.train.device",
    "rankerTraining.train.threads",
  ]
}
