import CorralArtifacts
import CorralData
import CorralTraining
import Foundation

/// What `--resume` finds where a training is over and its model saved.
struct FinishedRun {
  private let saved: SavedModel
  /// The model as the user named it.
  private let name: String

  /// Opens the model at a place; throws `ArtifactError`.
  init(at place: URL, named name: String) throws {
    saved = try SavedModel.open(place)
    self.name = name
  }

  /// Says that there is nothing to do, where the model is what the options ask for.
  ///
  /// Throws `InputError` naming the first setting that differs from the model's, or data that do.
  func check(_ options: SettingsOptions, console: Console) throws {
    let (then, now) = try settings(options)
    let (saved, asked) = (try FlatSettings(then), try FlatSettings(now))
    if let (key, now, then) = asked.firstDifference(from: saved, except: Self.free) {
      throw InputError.other(
        """
        \(name) is complete: it was trained with \(key) = \(then), and now \(key) = \(now); train it \
        anew without --resume, or with --keep-checkpoint, which lets a run be trained on
        """)
    }
    try checkData(now, isNamed: options.data != nil, console: console)
    console.note("nothing to resume: \(name) is complete, with these settings and data")
    try console.printJSON(Output(model: name, resumed: false))
  }

  private struct Output: Encodable {
    let model: String
    let resumed: Bool
  }

  /// The settings of the model, and those with the options laid over them.
  private func settings(_ options: SettingsOptions) throws -> (then: Settings, now: Settings) {
    let json = String(
      decoding: try JSONEncoder().encode(saved.manifest.settings), as: UTF8.self)
    var overlay = Settings.overlay()
    try overlay.lay(json, from: "\(saved.url.path)/\(Manifest.fileName)")
    var then = try overlay.decoded()
    var now: Settings
    do {
      try options.apply(to: &overlay)
      now = options.overriding(try overlay.decoded())
    } catch {
      // The options are those of another model, which has other settings than this one.
      now = try options.merged()
    }
    then.dropUnreadImpressions()
    now.dropUnreadImpressions()
    return (then, now)
  }

  private func checkData(_ settings: Settings, isNamed: Bool, console: Console) throws {
    let path = settings.data.path
    if !isNamed, !FileManager.default.fileExists(atPath: path) {
      console.note("\(path) is no longer there, so the data were not compared")
      return
    }
    let found = try LoadedData(settings.data, console: Console(isJSON: false, verbosity: .quiet))
      .provenance.sha256
    let expected = saved.manifest.data.sha256
    if found != expected {
      throw InputError.otherData(path: path, expected: expected, found: found)
    }
  }

  /// Settings that change no number of a model: data are compared by their content.
  private static let free: Set = [
    "data.path", "train.checkpointEvery", "train.device", "train.threads",
    "ranking.train.checkpointEvery", "ranking.train.device", "ranking.train.threads",
  ]
}
