import CorralData
import CorralIndex
import CorralVectors

/// What a softmax over clusters learns from: features of what a user did, and the cluster of the item
/// that followed.
struct IntentExamples {
  /// The features, `[examples, features]`.
  let features: Matrix
  /// The cluster of the item that followed, `[examples]`.
  let clusters: [Int32]

  /// The most examples of a model that needs a pass for each of them.
  static let mostQueries = 200_000
  /// The most examples of a model that reads forward, about.
  static let mostPositions = 500_000

  /// Examples of the training part of a split, drawn at random if there are many.
  ///
  /// A user's first interaction is none, since nothing is before it.
  init(
    _ split: Split, _ partition: Partition, _ encoder: UserEncoder, seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed, stream: 1)
    if let positions = encoder.positions {
      var users: [Int] = []
      var count = 0
      for user in generator.permutation(split.userCount) where count < Self.mostPositions {
        users.append(user)
        count += max(0, split.training[user].count - 1)
      }
      self = try .positions(
        of: users.sorted(), split, partition, length: encoder.length, positions)
    } else {
      let first = Set(split.training.offsets)
      var targets = split.training.values.indices.filter {
        split.weights[$0] > 0 && !first.contains($0)
      }
      if targets.count > Self.mostQueries {
        let kept = generator.permutation(targets.count).prefix(Self.mostQueries).sorted()
        targets = kept.map { targets[$0] }
      }
      self = try .queries(before: targets, split, partition, encoder.vectors)
    }
  }

  private init(features: [Matrix], clusters: [Int32]) {
    let columns = features.first?.columns ?? 0
    var values: [Float] = []
    values.reserveCapacity(clusters.count * columns)
    for part in features { values += part.values }
    self.features = Matrix(rows: clusters.count, columns: columns, values: values)
    self.clusters = clusters
  }

  /// All positions of the rows of some users.
  private static func positions(
    of users: [Int], _ split: Split, _ partition: Partition, length: Int,
    _ vectors: (Ragged<ItemIndex>) throws -> Matrix
  ) throws -> IntentExamples {
    var features: [Matrix] = []
    var clusters: [Int32] = []
    for block in users.blocks(of: 64) {
      let rows = block.map { split.training.offsets[$0]..<split.training.offsets[$0 + 1] }
        .filter { $0.count > 1 }
      // A row is cut from its end into as long parts as a pass reads, as when the model was trained.
      let parts = rows.flatMap { row in
        stride(from: row.upperBound - 1, to: row.lowerBound, by: -length).reversed().map {
          max(row.lowerBound, $0 - length)..<$0
        }
      }
      let found = IntentFeatures(of: partition).features(
        vectors: try vectors(Ragged(parts.lazy.map { split.training.values[$0] })),
        prefixesOf: Ragged(rows.lazy.map { split.training.values[$0.dropLast()] }))
      let targets = rows.flatMap { $0.dropFirst() }
      let kept = targets.indices.filter { split.weights[targets[$0]] > 0 }
      features.append(kept.count == targets.count ? found : found.gathered(kept))
      clusters += kept.map { partition.clusters[split.training.values[targets[$0]].position] }
    }
    return IntentExamples(features: features, clusters: clusters)
  }

  /// Some training interactions, each with all that its user did before or, in an unordered log, with
  /// all that the user did besides.
  private static func queries(
    before targets: [Int], _ split: Split, _ partition: Partition,
    _ vectors: (QueryBatch) throws -> Matrix
  ) throws -> IntentExamples {
    let (training, offsets) = (split.training, split.training.offsets)
    let context = split.trainingColumns.context
    var features: [Matrix] = []
    var user = 0
    for block in targets.blocks(of: 8192) {
      var users: [UserIndex?] = []
      let histories = Ragged(
        block.map { target in
          while offsets[user + 1] <= target { user += 1 }
          users.append(UserIndex(user))
          return split.isOrdered
            ? Array(training.values[offsets[user]..<target])
            : training[user].filter { $0 != training.values[target] }
        })
      let queries = QueryBatch(
        users: users, histories: histories,
        context: context.isEmpty ? context : context.gathered(block))
      features.append(
        IntentFeatures(of: partition).features(
          vectors: try vectors(queries), histories: histories))
    }
    return IntentExamples(
      features: features,
      clusters: targets.map { partition.clusters[training.values[$0].position] })
  }
}

extension [Int] {
  /// Slices of `length` elements; the last one is shorter.
  fileprivate func blocks(of length: Int) -> [ArraySlice<Int>] {
    stride(from: 0, to: count, by: length).map { self[$0..<Swift.min($0 + length, count)] }
  }
}
