package import CorralData
package import CorralVectors
import Foundation

/// Draws uniformly in the cluster of each row's target, for a fixed partition of the catalogue
/// (Zhang and others, 2023).
///
/// A share of the draws is uniform over the catalogue instead. With `known`, no draw is the target or an
/// item of its user. If that leaves nothing of the cluster, draws are from the cluster without the
/// target, and if that is empty from the catalogue without it.
///
/// With a share `s` of easy draws, E the items that those are drawn from and H those of the others,
/// `Q(i) = s [i in E] / |E| + (1 - s) [i in H] / |H|`.
package struct InClusterSampler: NegativeSampler {
  /// The clusters of the catalogue.
  package let partition: Partition
  /// The share of draws that are uniform over the catalogue.
  package let easy: Double
  /// What users took in training, which is never drawn; `nil` draws it like other items.
  package let known: KnownItems?

  /// A sampler over a partition of at least one item.
  package init(_ partition: Partition, easy: Double = 0, known: KnownItems? = nil) {
    guard !partition.clusters.isEmpty else {
      fatalError("an in-cluster sampler needs at least one item")
    }
    guard (0...1).contains(easy) else {
      fatalError("an in-cluster sampler needs a share of easy draws from 0 to 1, not \(easy)")
    }
    self.partition = partition
    self.easy = easy
    self.known = known
  }

  /// Draws `count` negatives for each target of the context.
  ///
  /// All rows draw from one stream, one after the other. With one cluster and nothing known, the draws
  /// are those of a uniform sampler.
  package func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives {
    var items: [ItemIndex] = []
    var logs: [Float] = []
    items.reserveCapacity(context.rows * count)
    logs.reserveCapacity(context.rows * count)
    forEachRow(of: context) { _, choices in
      for _ in 0..<count {
        let isEasy = easy >= 1 || easy > 0 && rng.uniform() < easy
        let item = choices.draw(from: isEasy ? choices.easy : choices.hard, using: &rng)
        items.append(item)
        logs.append(choices.logProbability(of: item, easyShare: easy))
      }
    }
    return Negatives(rows: context.rows, count: count, items: items, logProbabilities: logs)
  }

  /// The logarithm of each item's probability in one draw; `-infinity` for one that is never drawn.
  package func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float] {
    guard context.rows > 0, items.count.isMultiple(of: context.rows) else {
      if items.isEmpty { return [] }
      fatalError("sampling: \(items.count) items are not as many for each of \(context.rows) rows")
    }
    let width = items.count / context.rows
    var logs: [Float] = []
    logs.reserveCapacity(items.count)
    forEachRow(of: context) { row, choices in
      for item in items[row * width..<(row + 1) * width] {
        logs.append(choices.logProbability(of: item, easyShare: easy))
      }
    }
    return logs
  }

  /// Calls a function with what each row chooses from.
  ///
  /// The items of a user are counted once for the rows of theirs that follow each other.
  private func forEachRow(of context: SamplingContext, _ body: (Int, RowChoices) -> Void) {
    var counts = [Int](repeating: 0, count: partition.count)
    var counted: ArraySlice<ItemIndex> = []
    var last: UserIndex?
    for row in 0..<context.rows {
      let target = context.target(row)
      guard target.position < partition.clusters.count else {
        fatalError(
          "sampling: target \(target.position) is not among the \(partition.clusters.count) items "
            + "of the partition")
      }
      if let known {
        let user = context.users.isEmpty ? nil : context.users[row]
        if row == 0 || user != last {
          for item in counted { counts[Int(partition.clusters[item.position])] = 0 }
          counted = known.items(of: user)
          for item in counted { counts[Int(partition.clusters[item.position])] += 1 }
          last = user
        }
      }
      let cluster = Int(partition.clusters[target.position])
      body(
        row,
        RowChoices(
          partition, target: target, taken: known == nil ? nil : counted,
          takenInCluster: counts[cluster]))
    }
  }
}

/// What the draws of one row choose from.
private struct RowChoices {
  /// Items of which none is drawn.
  enum Excluded {
    case none
    case target
    case taken
  }

  /// Items that are equally likely: a cluster or the catalogue, without some of it.
  struct Pool {
    /// The cluster; `nil` for the catalogue.
    let cluster: Int?
    let excluded: Excluded
    /// The number of items that can be drawn.
    let count: Int
  }

  private let partition: Partition
  private let target: ItemIndex
  /// The items of the user, in rising order.
  private let taken: ArraySlice<ItemIndex>
  /// Uniform over the catalogue.
  let easy: Pool
  /// Uniform in the cluster of the target.
  let hard: Pool

  /// The tries before what is left of a pool is counted out.
  private static let tries = 32

  /// The choices of a target whose user took some items; `nil` if nothing is left out.
  init(
    _ partition: Partition, target: ItemIndex, taken: ArraySlice<ItemIndex>?, takenInCluster: Int
  ) {
    self.partition = partition
    self.target = target
    self.taken = taken ?? []
    let cluster = Int(partition.clusters[target.position])
    let (size, all) = (partition.members[cluster].count, partition.clusters.count)
    guard let taken else {
      easy = Pool(cluster: nil, excluded: .none, count: all)
      hard = Pool(cluster: cluster, excluded: .none, count: size)
      return
    }
    let new = taken.containsRising(target) ? 0 : 1
    let left = all - taken.count - new
    if left > 0 {
      easy = Pool(cluster: nil, excluded: .taken, count: left)
    } else if all > 1 {
      easy = Pool(cluster: nil, excluded: .target, count: all - 1)
    } else {
      // The only item of the catalogue; a loss masks it.
      easy = Pool(cluster: nil, excluded: .none, count: 1)
    }
    let leftInCluster = size - takenInCluster - new
    if leftInCluster > 0 {
      hard = Pool(cluster: cluster, excluded: .taken, count: leftInCluster)
    } else if size > 1 {
      hard = Pool(cluster: cluster, excluded: .target, count: size - 1)
    } else {
      hard = Pool(cluster: nil, excluded: all > 1 ? .target : .none, count: max(1, all - 1))
    }
  }

  /// One item of a pool, each as likely as any other.
  func draw(from pool: Pool, using rng: inout SeededGenerator) -> ItemIndex {
    let members = pool.cluster.map { partition.members[$0] }
    let size = members?.count ?? partition.clusters.count
    func member(_ place: Int) -> ItemIndex {
      members.map { $0[$0.startIndex + place] } ?? ItemIndex(place)
    }
    for _ in 0..<Self.tries {
      let item = member(rng.next(below: size))
      if !isExcluded(item, from: pool) { return item }
    }
    var place = rng.next(below: pool.count)
    for item in (0..<size).lazy.map(member) where !isExcluded(item, from: pool) {
      if place == 0 { return item }
      place -= 1
    }
    fatalError("sampling: fewer than \(pool.count) items are left of \(size)")
  }

  /// The logarithm of an item's probability in one draw.
  func logProbability(of item: ItemIndex, easyShare: Double) -> Float {
    if easyShare == 0 { return contains(item, hard) ? Float(-log(Double(hard.count))) : -.infinity }
    var probability = 0.0
    if contains(item, easy) { probability += easyShare / Double(easy.count) }
    if easyShare < 1, contains(item, hard) { probability += (1 - easyShare) / Double(hard.count) }
    return Float(log(probability))
  }

  private func contains(_ item: ItemIndex, _ pool: Pool) -> Bool {
    guard item.position < partition.clusters.count else { return false }
    let isInside = pool.cluster.map { Int(partition.clusters[item.position]) == $0 } ?? true
    return isInside && !isExcluded(item, from: pool)
  }

  private func isExcluded(_ item: ItemIndex, from pool: Pool) -> Bool {
    switch pool.excluded {
    case .none: false
    case .target: item == target
    case .taken: item == target || taken.containsRising(item)
    }
  }
}
