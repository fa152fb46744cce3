/// What keeps a model from learning on a stream.
package enum LiveError: Error, Equatable, CustomStringConvertible {
  /// A part of a model that does not follow a stream.
  case unsupported(model: String, reason: String)
  /// A checkpoint was saved with another value of a setting that decides what is learned.
  case settingsDiffer(path: String, key: String, saved: String, now: String)
  /// A checkpoint cannot be read.
  case damaged(path: String, reason: String)
  /// There is no snapshot to roll back to.
  case noSnapshot(path: String, wanted: String, known: [Int])

  /// What is wrong, where, and what to do.
  package var description: String {
    switch self {
    case .unsupported(let model, let reason):
      "\(model) cannot learn from a stream: \(reason)"
    case .settingsDiffer(let path, let key, let saved, let now):
      "\(path) was saved with \(key) = \(saved), and now \(key) = \(now): give the value that the run was"
        + " started with, or --fresh to begin anew from the model that serves"
    case .damaged(let path, let reason):
      "\(path) is not a checkpoint that can be read: \(reason); --fresh begins anew from the model that"
        + " serves, at the beginning of the stream"
    case .noSnapshot(let path, let wanted, let known):
      "\(path) holds no snapshot \(wanted); "
        + (known.isEmpty
          ? "none was published yet"
          : "it has " + known.map(String.init).joined(separator: ", "))
    }
  }
}
