import CorralData
import CorralModels
import CorralPipeline
import CorralSettings
import CorralTraining
import Foundation

extension Learner {
  /// The network of a model, and how it was trained.
  ///
  /// - Throws: `LiveError.unsupported` for a model that does not follow a stream.
  static func retriever(
    of opened: OpenedModel
  ) throws -> (network: FrozenRetriever, run: RetrieverTrainingSettings) {
    func refusal(_ reason: String) -> LiveError { .unsupported(model: opened.path, reason: reason) }
    guard case .network(let network) = opened.model else {
      throw refusal("\(opened.kind) is no network; train one with --set retriever.model=two-tower")
    }
    if opened.settings.ranker != .none {
      throw refusal(
        "its ranker \(opened.settings.ranker.name) does not learn from a stream, and a retriever that"
          + " moves would leave it behind; train it without a ranker")
    }
    if opened.clusters != nil {
      throw refusal("its clusters do not grow; train it with --set clusters.kind=none")
    }
    return (network, opened.settings.training(network.settings))
  }

  /// The settings that decide what is learned.
  static func deciding(
    _ settings: LiveSettings, _ run: RetrieverTrainingSettings
  ) throws -> FlatSettings {
    struct Deciding: Encodable {
      let learn: OnlineSettings
      let events: LiveSettings.Events
      let history: Int
      let run: RetrieverTrainingSettings
    }
    var run = run
    // The number of threads changes bytes, and is free: a run may move to another machine.
    (run.train.threads, run.train.device) = (0, "")
    return try FlatSettings(
      Deciding(learn: settings.learn, events: settings.events, history: settings.history, run: run))
  }

  /// Checks that a checkpoint belongs to the settings and to the model that serves.
  static func check(
    _ state: LearnerState, _ settings: FlatSettings, _ opened: OpenedModel, _ folder: LiveFolder
  ) throws {
    let path = folder.checkpoint.path
    if let (key, now, saved) = settings.firstDifference(from: state.record.settings, except: []) {
      throw LiveError.settingsDiffer(path: path, key: key, saved: saved, now: now)
    }
    guard opened.items.texts.isPrefix(of: state.population.items.texts),
      opened.users.texts.isPrefix(of: state.population.users.texts)
    else {
      throw LiveError.damaged(
        path: path,
        reason: "it belongs to another model than \(opened.path), which was trained anew since")
    }
  }
}

extension Texts {
  /// Whether other texts begin with these.
  fileprivate func isPrefix(of other: Texts) -> Bool {
    count <= other.count && offsets[...] == other.offsets[...count]
      && bytes[...] == other.bytes[..<bytes.count]
  }
}
