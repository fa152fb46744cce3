import CorralData
import CorralVectors

extension Split {
  /// The training part alone, of the first users: nothing is validated, so that only training is timed.
  func onlyTraining(users: Int = 0) -> Split {
    let count = users > 0 ? min(users, userCount) : userCount
    let end = training.offsets[count]
    let empty = Ragged<ItemIndex>(values: [], offsets: [Int](repeating: 0, count: count + 1))
    return Split(
      itemCount: itemCount,
      training: Ragged(
        values: Array(training.values[..<end]), offsets: Array(training.offsets[...count])),
      weights: Array(weights[..<end]), validation: empty, test: empty, rule: rule)
  }
}
