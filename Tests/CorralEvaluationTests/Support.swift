import CorralData
import CorralEvaluation
import CorralVectors
import Foundation

/// A small random world in which every quantity can be counted by brute force.
struct RandomWorld {
  let split: Split
  let queries: Matrix
  let items: Matrix

  /// Creates the world of a seed.
  ///
  /// Vectors are small whole numbers, so that scores are exact and often equal. Some users have no
  /// targets; some targets are repeated, already met, or not in training.
  init(seed: UInt64, users: Int = 40, items itemCount: Int = 30, targetShare: Double = 0.8) {
    var generator = SeededGenerator(seed: seed)
    func row(_ most: Int, of bound: Int) -> [ItemIndex] {
      (0..<generator.next(below: most + 1)).map { _ in
        // Squared, so that some items are popular and some never seen.
        let share = generator.uniform()
        return ItemIndex(Int(share * share * Double(bound)))
      }
    }
    let training = (0..<users).map { _ in row(8, of: itemCount * 3 / 4) }
    let validation = (0..<users).map { _ in row(2, of: itemCount) }
    let test = (0..<users).map { _ in
      generator.uniform() < targetShare ? row(4, of: itemCount) : []
    }
    split = Split(
      itemCount: itemCount, training: Ragged(training),
      weights: [Float](repeating: 1, count: training.joined().count),
      validation: Ragged(validation), test: Ragged(test), rule: "random rows")
    func matrix(_ rows: Int) -> Matrix {
      Matrix(
        rows: rows, columns: 3,
        values: (0..<rows * 3).map { _ in Float(generator.next(below: 5)) - 2 })
    }
    queries = matrix(users)
    items = matrix(itemCount)
  }

  /// The model as vectors.
  var vectors: Scoring {
    .vectors(queries: { [queries] in queries.gathered($0) }, items: items)
  }

  /// The same model as scores.
  var scores: Scoring {
    .scores { [self] users in
      Matrix(
        rows: users.count, columns: items.rows,
        values: users.flatMap { user in (0..<items.rows).map { score(user, $0) } })
    }
  }

  func score(_ user: Int, _ item: Int) -> Float {
    var sum: Float = 0
    for column in 0..<items.columns { sum += queries[user, column] * items[item, column] }
    return sum
  }

  /// Returns all items that can be recommended to a user, the best first, by sorting everything.
  func ranking(for user: Int, part: HeldOut, masking: Bool) -> [Int] {
    let seen = Set(split.histories(before: part)[user].map(\.position))
    let allowed = (0..<items.rows).filter { !masking || !seen.contains($0) }
    let scores = (0..<items.rows).map { score(user, $0) }
    return allowed.sorted { left, right in
      scores[left] == scores[right] ? left < right : scores[left] > scores[right]
    }
  }
}

/// Computes a metric of one user by its definition, from the whole ranking and the set of targets.
func byDefinition(_ measure: Measure, _ k: Int, ranking: [Int], targets: Set<Int>) -> Double {
  let list = ranking.prefix(k)
  let hits = list.filter { targets.contains($0) }.count
  switch measure {
  case .recall: return Double(hits) / Double(targets.count)
  case .cappedRecall: return Double(hits) / Double(min(k, targets.count))
  case .hit: return hits > 0 ? 1 : 0
  case .mrr:
    let first = list.firstIndex { targets.contains($0) }
    return first.map { 1 / Double($0 + 1) } ?? 0
  case .ndcg:
    let gain = list.indices.filter { targets.contains(list[$0]) }
      .reduce(0.0) { $0 + 1 / log2(Double($1 + 2)) }
    let ideal = (0..<min(k, targets.count)).reduce(0.0) { $0 + 1 / log2(Double($1 + 2)) }
    return gain / ideal
  case .popularity, .coverage: return .nan
  }
}

func settings(_ cutoffs: [Int], resamples: Int = 0) -> EvaluationSettings {
  var settings = EvaluationSettings()
  settings.cutoffs = cutoffs
  settings.measures = Measure.allCases
  settings.resamples = resamples
  return settings
}

/// A split in which each user has one training item and one test target.
///
/// A model is just the rank of each target.
struct RankedWorld {
  let split: Split
  let itemCount: Int

  init(users: Int, items: Int = 40, rule: String = "planted") {
    itemCount = items
    split = Split(
      itemCount: items, training: Ragged((0..<users).map { [ItemIndex($0 % items)] }),
      weights: [Float](repeating: 1, count: users),
      validation: Ragged([[ItemIndex]](repeating: [], count: users)),
      test: Ragged((0..<users).map { [ItemIndex(($0 + 1) % items)] }), rule: rule)
  }

  /// Evaluates a model that ranks the target of user u at `ranks[u]`, from 1.
  func evaluation(
    ranks: [Int], _ settings: EvaluationSettings = settings([10], resamples: 200)
  ) throws -> Evaluation {
    var settings = settings
    settings.seen = .ranked
    return try FullRanking(of: split, settings: settings).evaluate(
      .scores { users in
        var scores = Matrix(rows: users.count, columns: itemCount)
        for (row, user) in users.enumerated() {
          let target = (user + 1) % itemCount
          let others = (0..<itemCount).filter { $0 != target }
          let order = others[..<(ranks[user] - 1)] + [target] + others[(ranks[user] - 1)...]
          for (place, item) in order.enumerated() { scores[row, item] = -Float(place) }
        }
        return scores
      })
  }
}

/// Calls `body` with a temporary file, which is removed afterwards.
func withTemporaryFile<Result>(_ body: (URL) throws -> Result) rethrows -> Result {
  let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("corral-evaluation-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url)
}

/// Returns the text of the error that a body throws.
func message(_ body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return "nothing was thrown"
  } catch { return "\(error)" }
}

extension RandomWorld {
  /// A random partition of the items; some clusters may be empty.
  func partition(into count: Int, seed: UInt64 = 3) -> Partition {
    var generator = SeededGenerator(seed: seed, stream: 4)
    return Partition(
      clusters: (0..<split.itemCount).map { _ in Int32(generator.next(below: count)) },
      count: count)
  }
}
