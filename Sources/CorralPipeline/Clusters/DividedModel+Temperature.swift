import CorralData
import CorralIndex
import CorralModels
import CorralTraining
import CorralVectors

extension DividedModel {
  /// The divisor of scores under which a softmax over the items of a cluster says best which of them
  /// users choose in the validation part; 1 if nothing is held out.
  ///
  /// Scores of another cluster are another matter, so that a model that was told its clusters needs no
  /// other. Reads the last held-out item of up to 2,000 users, and all items of its cluster.
  func choiceTemperature(on split: Split) throws -> Float {
    let items = model.itemVectors()
    let placed = model.placed
    let partition = clusters.items.partition
    let longest = (0..<partition.count).map { partition.members[$0].count }.max() ?? 1
    let held = (0..<split.userCount).filter { user in
      split.validation[user].last.map(placed.contains) ?? false
    }
    let most = min(2000, max(1, 2_000_000 / max(1, longest)))
    let every = max(1, held.count / most)
    let users = stride(from: 0, to: held.count, by: every).prefix(most).map { held[$0] }
    if users.isEmpty { return 1 }
    let queries = users.map { UserIndex($0) }
    let (vectors, _) = try encoded(
      QueryBatch(
        users: queries, histories: Ragged(users.lazy.map { split.training[$0] }),
        context: split.context(of: .validation, users: queries)))
    let rows = vectors.rows / users.count
    let interests = isPerCluster ? rows / partition.count : rows
    // What no cluster of this row has counts nothing.
    var logits = Matrix(rows: users.count, columns: longest, repeating: -1e9)
    var truth = Matrix(rows: users.count, columns: longest)
    for (row, user) in users.enumerated() {
      guard let target = split.validation[user].last else { continue }
      let cluster = Int(partition.clusters[target.position])
      let first = row * rows + (isPerCluster ? cluster * interests : 0)
      for (column, item) in partition.members[cluster].enumerated() where placed.contains(item) {
        logits[row, column] =
          (first..<first + interests).map { vectors.innerProduct($0, items, item.position) }.max()
          ?? 0
        if item == target { truth[row, column] = 1 }
      }
    }
    return Float(TemperatureScaling.temperature(of: logits, truth))
  }
}

extension Matrix {
  /// The inner product of a row with a row of another matrix.
  fileprivate func innerProduct(_ row: Int, _ other: Matrix, _ otherRow: Int) -> Float {
    var sum: Float = 0
    for column in 0..<columns { sum += self[row, column] * other[otherRow, column] }
    return sum
  }
}
