import CorralData
package import CorralSampling

/// How a retriever is trained on a stream; what is trained is said by its own settings.
package struct OnlineSettings: Sendable, Codable, Equatable {
  /// The number of examples in a step.
  package var batch = 256
  /// The learning rate; 0 takes that of the model.
  package var rate: Float = 0
  /// The steps over which the rate rises to its value, while the optimiser learns how large gradients
  /// are.
  package var warmUp = 50
  /// How popular negatives are corrected for: `streaming` follows the stream.
  package var correction = CorrectionSettings.Estimate.streaming
  /// The share of a batch that repeats recent examples, drawn from the last `replayed`.
  package var replay = 0.0
  /// The number of recent examples that are kept to be repeated.
  package var replayed = 4096

  /// The defaults: every example once.
  package init() {}

  /// Throws `SettingError` for the first value that no stream can be learned with.
  package func validate() throws {
    try SettingError.check(batch > 1, "batch", batch, "give 2 examples or more, such as 256")
    try SettingError.check("rate", rate, atLeast: 0)
    try SettingError.check("warmUp", warmUp, atLeast: 0, of: " steps")
    try SettingError.check("replay", share: replay)
    try SettingError.check(replay < 1, "replay", replay, "give less than 1, such as 0.25")
    try SettingError.check("replayed", replayed, atLeast: 1)
  }

  /// The examples of a step that are new.
  package var newOnes: Int { max(1, batch - repeats) }

  /// The examples of a step that are repeated.
  package var repeats: Int { Int((Double(batch) * replay).rounded()) }

  /// The rate of a step, counted from 0, for a model that was trained at a rate.
  func rate(atStep step: Int, of trained: Float) -> Float {
    let full = rate > 0 ? rate : trained
    return warmUp == 0 ? full : full * min(1, Float(step + 1) / Float(warmUp))
  }
}
