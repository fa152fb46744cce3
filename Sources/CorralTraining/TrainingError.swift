/// What stops a training or keeps it from starting.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The loss is infinite or not a number, in a training whose settings stand under `block`.
  case lossNotFinite(String, block: String = "", epoch: Int, step: Int)
  /// A parameter is infinite or not a number although the loss was a number.
  case parameterNotFinite(String, block: String = "", epoch: Int, step: Int)
  /// A score in validation is infinite or not a number although the parameters are numbers.
  case validationNotFinite(String, block: String = "", epoch: Int)
  /// Vectors became so large, or not finite, that negatives cannot be drawn by them.
  case scoresNotFinite(String, epoch: Int, step: Int)
  /// The loss of the softmax over clusters is infinite or not a number.
  case intentNotFinite(epoch: Int)
  /// The loss of a step on a stream is infinite or not a number.
  case streamLossNotFinite(String, step: Int)
  /// A parameter is infinite or not a number after a step on a stream.
  case streamParameterNotFinite(String, step: Int)
  /// The split has nothing to learn from.
  case noExamples(rule: String)
  /// A checkpoint was saved under another value of a setting.
  case settingsDiffer(path: String, key: String, saved: String, now: String)
  /// A checkpoint was saved by a run on other data.
  case dataDiffer(path: String)
  /// A checkpoint was saved by a run over other clusters of items.
  case clustersDiffer(path: String)
  /// A checkpoint cannot be read.
  case damagedCheckpoint(path: String, reason: String)
  /// A checkpoint of a format that this version does not know.
  case newerCheckpoint(path: String, format: Int, known: Int)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .lossNotFinite(let loss, let block, let epoch, let step):
      """
      training has diverged: the loss became \(loss) in epoch \(epoch), step \(step): lower \(block)train.rate, raise \
      \(block)loss.temperature, or set \(block)train.clip to 1; the last checkpoint is as it was before
      """
    case .parameterNotFinite(let name, let block, let epoch, let step):
      """
      training has diverged: parameter '\(name)' is no longer a number after epoch \(epoch), step \
      \(step): lower \(block)train.rate, or set \(block)train.clip to 1; the last checkpoint is as it was before
      """
    case .validationNotFinite(let place, let block, let epoch):
      """
      training has diverged: the model gave a value that is not a finite number \(place) after epoch \
      \(epoch): lower \(block)train.rate, or set \(block)train.clip to 1; the last checkpoint is as \
      it was before
      """
    case .scoresNotFinite(let vectors, let epoch, let step):
      """
      training has diverged: the vectors of \(vectors) are too large to be scored in epoch \(epoch), \
      step \(step): lower train.rate, or set train.clip to 1; the last checkpoint is as it was before
      """
    case .intentNotFinite(let epoch):
      """
      the clusters of users cannot be learned: the loss is no finite number in pass \(epoch): the \
      vectors of the model are not finite, or clusters.intent.rate is too high
      """
    case .streamLossNotFinite(let loss, let step):
      """
      learning has diverged: the loss became \(loss) in step \(step) of the stream: lower learn.rate, or \
      roll back; what serves and the last checkpoint are as they were before
      """
    case .streamParameterNotFinite(let name, let step):
      """
      learning has diverged: parameter '\(name)' is no longer a number after step \(step) of the stream: \
      lower learn.rate, or roll back; what serves and the last checkpoint are as they were before
      """
    case .noExamples(let rule):
      """
      there is nothing to learn from: the training part (\(rule)) has no interaction with a weight \
      above 0 that a query could come before; use more data or a weaker filter
      """
    case .settingsDiffer(let path, let key, let saved, let now) where key.hasSuffix("train.epochs"):
      """
      \(path) cannot be resumed with \(key) = \(now) after \(saved): with a train.schedule that \
      falls to the last epoch, the rate of every step follows from the number of epochs; use the \
      number that it was started with, or start anew with train.schedule=constant, which can always \
      be trained on
      """
    case .settingsDiffer(let path, let key, let saved, let now):
      """
      \(path) cannot be resumed: it was trained with \(key) = \(saved), and now \(key) = \(now); use \
      the settings that it was started with, or start anew without --resume
      """
    case .dataDiffer(let path):
      """
      \(path) cannot be resumed: it was trained on other data, or on another split of them; use the \
      data that it was started with, or start anew without --resume
      """
    case .clustersDiffer(let path):
      """
      \(path) cannot be resumed: it was trained over other clusters of items, or was told of them in \
      another way; use the clusters that it was started with, or start anew without --resume
      """
    case .damagedCheckpoint(let path, let reason):
      "\(path) is not a checkpoint that can be read: \(reason); start anew without --resume"
    case .newerCheckpoint(let path, let format, let known):
      """
      \(path) has checkpoint format \(format) and this version reads up to \(known): resume with the \
      version of corral that wrote it, or start anew without --resume
      """
    }
  }
}
