import CorralData
import CorralSampling
import CorralVectors
import Foundation
import Testing

/// Items in clusters of 1, 2, 3, 14 and 40 items, mixed up; item 0 is alone.
private let partition: Partition = {
  var clusters = [Int32](repeating: 4, count: 60)
  clusters[0] = 0
  for item in [7, 11] { clusters[item] = 1 }
  for item in [3, 30, 59] { clusters[item] = 2 }
  for item in stride(from: 16, to: 58, by: 3) { clusters[item] = 3 }
  return Partition(clusters: clusters, count: 5)
}()

private func items(_ positions: [Int]) -> [ItemIndex] { positions.map { ItemIndex($0) } }

/// What some users took.
private func known(_ rows: [[Int]], items count: Int = 60) -> KnownItems {
  let training = Ragged(rows.map(items))
  let none = Ragged(rows.map { _ in [ItemIndex]() })
  return KnownItems(
    Split(
      itemCount: count, training: training,
      weights: [Float](repeating: 1, count: training.values.count), validation: none, test: none,
      rule: "made up"))
}

/// The first user took most of cluster 3 and some others, one of them twice; the second all of clusters
/// 1 and 2.
private let someKnown = known([
  Array(partition.members[3].map(\.position)[..<11]) + [1, 2, 2, 4, 7],
  [3, 7, 11, 30, 59],
])

@Suite struct `draws in the clusters of a fixed partition` {
  @Test(
    arguments: [0, 0.3, 1], [0, 7, 3, 16, 1])
  func `are as stated, a share of them easy`(easy: Double, target: Int) {
    let context = SamplingContext(targets: items([target]))
    let sampler = InClusterSampler(partition, easy: easy)
    if easy > 0 || target != 0 { expectSamplerContract(sampler, items: 60, context: context) }
    let cluster = Int(partition.clusters[target])
    let size = Double(partition.members[cluster].count)
    for item in 0..<60 {
      let inside = Int(partition.clusters[item]) == cluster
      let expected = easy / 60 + (inside ? (1 - easy) / size : 0)
      let stated = sampler.logProbabilities(of: items([item]), for: context)[0]
      #expect(abs(exp(Double(stated)) - expected) < 1e-6)
    }
  }

  @Test(arguments: [0, 0.4], [(0, 16), (0, 1), (1, 1), (1, 30), (1, 7)])
  func `are as stated without what the user took`(easy: Double, row: (user: Int, target: Int)) {
    let context = SamplingContext(
      targets: items([row.target]), users: [UserIndex(row.user)])
    let sampler = InClusterSampler(partition, easy: easy, known: someKnown)
    if row.target != 7 || easy > 0 {
      expectSamplerContract(sampler, items: 60, context: context)
    }
    // The definition: pools by brute force, with their fallbacks.
    let taken = Set(someKnown.items(of: UserIndex(row.user)) + items([row.target]))
    let cluster = partition.clusters[row.target]
    func rest(_ isInside: (Int) -> Bool) -> [Int] {
      let inside = (0..<60).filter(isInside)
      let free = inside.filter { !taken.contains(ItemIndex($0)) }
      if !free.isEmpty { return free }
      let others = inside.filter { $0 != row.target }
      return others.isEmpty ? (0..<60).filter { $0 != row.target } : others
    }
    let (all, hard) = (rest { _ in true }, rest { partition.clusters[$0] == cluster })
    for item in 0..<60 {
      let expected =
        (all.contains(item) ? easy / Double(all.count) : 0)
        + (hard.contains(item) ? (1 - easy) / Double(hard.count) : 0)
      let stated = sampler.logProbabilities(of: items([item]), for: context)[0]
      #expect(abs(exp(Double(stated)) - expected) < 1e-6, "\(item)")
    }
  }

  @Test func `are never what the user took, and always of the target's cluster`() {
    var generator = SeededGenerator(seed: 3)
    let rows = (0..<200).map { _ in
      (0..<30).map { _ in ItemIndex(generator.next(below: 500)) }
    }
    let large = Partition(clusters: (0..<500).map { Int32($0 * 7 % 13) }, count: 13)
    let sampler = InClusterSampler(
      large, known: known(rows.map { $0.map(\.position) }, items: 500))
    let context = SamplingContext(
      targets: rows.flatMap(\.self),
      users: (0..<200).flatMap { user in
        rows[user].map { _ in UserIndex(user) }
      })
    let draws = sampler.draw(3, for: context, using: &generator)
    #expect(draws.rows == 6000 && Set(draws.items).count == 500)
    for row in 0..<6000 {
      let target = context.targets[row].position
      for item in draws.items[row * 3..<row * 3 + 3] {
        #expect(large.clusters[item.position] == large.clusters[target])
        #expect(!rows[row / 30].contains(item))
      }
    }
  }

  @Test func `find the one item that is left of a large cluster`() {
    let large = Partition(clusters: [Int32](repeating: 0, count: 5000), count: 1)
    let sampler = InClusterSampler(
      large, known: known([(0..<5000).filter { $0 != 4321 }], items: 5000))
    let context = SamplingContext(targets: items([17]), users: [UserIndex(0)])
    var generator = SeededGenerator(seed: 1)
    let draws = sampler.draw(5, for: context, using: &generator)
    #expect(draws.items == items([4321, 4321, 4321, 4321, 4321]))
    #expect(draws.logProbabilities == [0, 0, 0, 0, 0])
  }

  @Test func `leave out the target alone where the user is unknown`() {
    let sampler = InClusterSampler(partition, known: someKnown)
    var generator = SeededGenerator(seed: 1)
    for users in [[nil], []] as [[UserIndex?]] {
      let draws = sampler.draw(
        500, for: SamplingContext(targets: items([30]), users: users), using: &generator)
      #expect(Set(draws.items) == Set(items([3, 59])))
    }
  }

  @Test func `a cluster of one item leaves the catalogue, and a catalogue of one item itself`() {
    let sampler = InClusterSampler(partition, known: someKnown)
    var generator = SeededGenerator(seed: 1)
    let alone = SamplingContext(targets: items([0]), users: [UserIndex(0)])
    let draws = sampler.draw(5000, for: alone, using: &generator)
    #expect(Set(draws.items).count == 59 && !draws.items.contains(ItemIndex(0)))
    let single = InClusterSampler(Partition(clusters: [0], count: 1), known: known([[0]], items: 1))
    #expect(single.draw(2, for: alone, using: &generator).items == items([0, 0]))
  }

  @Test func `with one cluster and nothing known are those of a uniform sampler`() {
    let whole = Partition(clusters: [Int32](repeating: 0, count: 60), count: 1)
    let context = SamplingContext(targets: items([4, 9, 50]))
    for sampler in [InClusterSampler(whole), InClusterSampler(partition, easy: 1)] {
      var (first, second) = (SeededGenerator(seed: 7), SeededGenerator(seed: 7))
      let uniform = UniformSampler(itemCount: 60).draw(40, for: context, using: &first)
      let drawn = sampler.draw(40, for: context, using: &second)
      #expect(drawn.items == uniform.items)
      #expect(first == second)
      for (mine, its) in zip(drawn.logProbabilities, uniform.logProbabilities) {
        #expect(abs(mine - its) < 1e-6)
      }
    }
  }
}
