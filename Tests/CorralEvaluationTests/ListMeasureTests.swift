import CorralData
import CorralEvaluation
import CorralVectors
import Foundation
import Testing

@Suite struct `measures of lists` {
  /// Two users, six items in three clusters, and vectors with known angles.
  private func handmade() throws -> Evaluation {
    func row(_ items: Int...) -> [ItemIndex] { items.map { ItemIndex($0) } }
    let split = Split(
      itemCount: 6, training: Ragged([row(0, 0, 0, 2), row(4)]), weights: [1, 1, 1, 1, 1],
      validation: Ragged([row(), row()]), test: Ragged([row(3, 5), row(5)]), rule: "by hand")
    var settings = settings([2, 3])
    settings.seen = .ranked
    // The lists are 4 0 3 ... and 4 5 0 ...; the head is item 0 alone.
    let scores: [Float] = [5, 3, 2, 4, 6, 1, 4, 3, 2, 1, 6, 5]
    return try FullRanking(of: split, settings: settings).evaluate(
      .scores { _ in Matrix(rows: 2, columns: 6, values: scores) },
      lists: ListMeasuring(
        partition: Partition(clusters: [0, 0, 1, 1, 2, 2], count: 3), origin: "3 clusters by hand",
        vectors: Matrix(rows: 6, columns: 2, values: [1, 0, 0, 1, 1, 1, 0, 2, 3, 4, 0, 0]),
        minorShare: 0.3))
  }

  /// The first user's history is 3/4 of cluster 0 and 1/4 of cluster 1, the second's all of
  /// cluster 2.
  ///
  /// Divergences are computed with Python's `math.log`.
  @Test(
    arguments: [
      ("clusters@2", [2, 1]), ("clusters@3", [3, 2]),
      ("entropy@2", [0.6931471805599453, 0]),
      ("entropy@3", [1.0986122886681098, 0.6365141682948128]),
      ("minor-served@2", [0, nil]), ("minor-served@3", [1, nil]),
      ("minor-recall@2", [0, nil]), ("minor-recall@3", [1, nil]),
      ("miscalibration@2", [1.4516507214448668, 0]),
      ("miscalibration@3", [0.5275860366049131, 0.40047756659712525]),
      ("tail@2", [0.5, 1]), ("tail@3", [2.0 / 3, 2.0 / 3]),
      ("distance@2", [0.4, 1]), ("distance@3", [1.6 / 3, 0.8]),
    ] as [(String, [Double?])])
  func `golden values`(_ name: String, _ expected: [Double?]) throws {
    let metric = try #require(ListMetric(named: name))
    let lists = try #require(try handmade().lists)
    let values = try #require(lists.values(of: metric))
    for (value, expected) in zip(values, expected) {
      #expect((value == nil) == (expected == nil))
      #expect(abs((value ?? 0) - (expected ?? 0)) < 1e-6)
    }
    let defined = expected.compactMap { $0 }
    let mean = try #require(lists.value(of: metric))
    #expect(abs(mean - defined.reduce(0, +) / Double(defined.count)) < 1e-6)
  }

  /// Items are recommended 0, 0, 0, 1, 1, 2 times, and 0, 0, 1, 1, 2, 2 times.
  @Test func `golden Gini coefficients`() throws {
    let lists = try #require(try handmade().lists)
    #expect(abs(try #require(lists.value(of: ListMetric(.gini, at: 2))) - 14.0 / 24) < 1e-12)
    #expect(abs(try #require(lists.value(of: ListMetric(.gini, at: 3))) - 16.0 / 36) < 1e-12)
  }

  /// The measures of one user's list by their definitions.
  private struct Twin {
    let clusters: [Int]
    let history: [Int]
    let targets: [Int]
    let heads: Set<Int>

    func share(_ cluster: Int, of items: [Int]) -> Double {
      items.isEmpty
        ? 0 : Double(items.filter { clusters[$0] == cluster }.count) / Double(items.count)
    }

    func value(_ measure: ListMeasure, _ list: [Int], _ vectors: Matrix) -> Double? {
      let all = Set(clusters).sorted()
      let minor = all.filter { share($0, of: history) > 0 && share($0, of: history) < 0.2 }
      switch measure {
      case .clusters: return Double(Set(list.map { clusters[$0] }).count)
      case .entropy:
        return all.map { share($0, of: list) }.filter { $0 > 0 }.reduce(0) { $0 - $1 * log($1) }
      case .minorServed:
        return minor.isEmpty
          ? nil
          : Double(minor.filter { share($0, of: list) > 0 }.count) / Double(minor.count)
      case .minorRecall:
        let minorTargets = targets.filter { minor.contains(clusters[$0]) }
        return minorTargets.isEmpty
          ? nil
          : Double(minorTargets.filter { list.contains($0) }.count) / Double(minorTargets.count)
      case .miscalibration:
        if history.isEmpty { return nil }
        return all.reduce(0) { sum, cluster in
          let p = share(cluster, of: history)
          return p == 0 ? sum : sum + p * log(p / (0.99 * share(cluster, of: list) + 0.01 * p))
        }
      case .tail:
        return list.isEmpty
          ? 0 : Double(list.filter { !heads.contains($0) }.count) / Double(list.count)
      case .distance:
        var distances: [Double] = []
        for (place, left) in list.enumerated() {
          for right in list[(place + 1)...] {
            let product = zip(vectors[left], vectors[right]).reduce(0.0) {
              $0 + Double($1.0 * $1.1)
            }
            let lengths = [left, right].map { item in
              vectors[item].reduce(0.0) { $0 + Double($1 * $1) }.squareRoot()
            }
            let cosine = lengths.contains(0) ? 0 : product / (lengths[0] * lengths[1])
            distances.append(1 - cosine)
          }
        }
        return distances.isEmpty ? 0 : distances.reduce(0, +) / Double(distances.count)
      case .gini: return nil
      }
    }
  }

  /// The Gini coefficient as half of the relative mean difference.
  private func gini(_ counts: [Int]) -> Double {
    var differences = 0
    for left in counts { for right in counts { differences += abs(left - right) } }
    let count = Double(counts.count)
    return Double(differences) / (2 * count * Double(counts.reduce(0, +)))
  }

  @Test(arguments: 1...5, [HeldOut.test, .validation])
  func `every value is that of its definition`(seed: Int, part: HeldOut) throws {
    for isMasking in [true, false] {
      let world = RandomWorld(seed: UInt64(seed), users: 150)
      let partition = world.partition(into: 6, seed: UInt64(seed))
      let cutoffs = [7, 1, 30]
      var settings = settings(cutoffs)
      settings.seen = isMasking ? .masked : .ranked
      let evaluation = try FullRanking(of: world.split, part: part, settings: settings).evaluate(
        world.vectors,
        lists: ListMeasuring(partition: partition, vectors: world.items, minorShare: 0.2))
      let lists = try #require(evaluation.lists)
      let groups = ItemGroup.groups(counts: world.split.itemCounts())
      let histories = world.split.histories(before: part)
      let rankings = evaluation.users.map {
        world.ranking(for: $0.position, part: part, masking: isMasking)
      }
      let twins = evaluation.users.map { user in
        Twin(
          clusters: partition.clusters.map { Int($0) },
          history: histories[user.position].map(\.position),
          targets: Set(world.split.targets(part)[user.position]).map(\.position),
          heads: Set(groups.indices.filter { groups[$0] == .head }))
      }
      for measure in ListMeasure.allCases where measure != .gini {
        for cutoff in cutoffs where measure != .distance || cutoff > 1 {
          let values = try #require(lists.values(of: ListMetric(measure, at: cutoff)))
          #expect(values.count == twins.count)
          for (row, value) in values.enumerated() {
            let expected = twins[row].value(
              measure, Array(rankings[row].prefix(cutoff)), world.items)
            #expect((value == nil) == (expected == nil), "\(measure)@\(cutoff) of row \(row)")
            #expect(
              abs((value ?? 0) - (expected ?? 0)) < 1e-5, "\(measure)@\(cutoff) of row \(row)")
          }
        }
      }
      for cutoff in cutoffs {
        var counts = [Int](repeating: 0, count: 30)
        for ranking in rankings { for item in ranking.prefix(cutoff) { counts[item] += 1 } }
        let value = try #require(lists.value(of: ListMetric(.gini, at: cutoff)))
        #expect(abs(value - gini(counts)) < 1e-9)
      }
      // Some users must have minor interests, and some must not, or this proves little.
      let served = try #require(lists.values(of: ListMetric(.minorServed, at: 7)))
      #expect(served.contains { $0 == nil } && served.contains { $0 != nil })
    }
  }

  @Test func `what needs clusters or vectors is there only with them`() throws {
    let world = RandomWorld(seed: 3)
    let ranking = try FullRanking(of: world.split, settings: settings([1, 5]))
    func names(_ measuring: ListMeasuring?) throws -> Set<String> {
      Set(try ranking.evaluate(world.vectors, lists: measuring).report().lists.keys)
    }
    let always: Set = ["tail@1", "tail@5", "gini@1", "gini@5"]
    let byClusters = Set(
      ["clusters", "entropy", "minor-served", "minor-recall", "miscalibration"].flatMap {
        ["\($0)@1", "\($0)@5"]
      })
    #expect(try names(nil) == always)
    #expect(try names(ListMeasuring(vectors: world.items)) == always.union(["distance@5"]))
    // Histories of at most 10 items have no minor interests at a share of 0.1, so 0.5.
    let partition = world.partition(into: 3)
    #expect(
      try names(ListMeasuring(partition: partition, minorShare: 0.5)) == always.union(byClusters))
    // A measure that is defined for nobody has no mean.
    #expect(
      try names(ListMeasuring(partition: partition, minorShare: 0))
        == always.union(byClusters.filter { !$0.hasPrefix("minor") }))
  }

  @Test func `intervals and tests leave out users for whom a measure is not defined`() throws {
    let world = RandomWorld(seed: 4, users: 300)
    let ranking = try FullRanking(of: world.split, settings: settings([3], resamples: 200))
    let measuring = ListMeasuring(partition: world.partition(into: 6), minorShare: 0.3)
    let one = try ranking.evaluate(world.vectors, lists: measuring)
    let other = try ranking.evaluate(
      .scores { Matrix(rows: $0.count, columns: 30) }, lists: measuring)
    let metric = ListMetric(.minorServed, at: 3)
    let interval = try #require(one.report().lists["minor-served@3"])
    #expect(interval.mean == one.lists?.value(of: metric))
    #expect(interval.low < interval.mean && interval.mean < interval.high)
    let mine = try #require(one.lists?.values(of: metric))
    let theirs = try #require(other.lists?.values(of: metric))
    let differences = zip(mine, theirs).compactMap { mine, theirs in
      mine.flatMap { mine in theirs.map { mine - $0 } }
    }
    let test = try #require(
      try one.comparedLists(with: other).first { $0.metric == metric })
    #expect(differences.count < mine.count)
    #expect(test.wins + test.losses + test.ties == differences.count)
    #expect(abs(test.p - PairedDifference(differences).p) < 1e-12)
    #expect(
      abs(test.difference.mean - differences.reduce(0, +) / Double(differences.count)) < 1e-12)
    #expect(try one.comparedLists(with: one).allSatisfy { $0.p == 1 && $0.difference.mean == 0 })
  }

  @Test func `lists by other clusters or vectors are not compared by these`() throws {
    let world = RandomWorld(seed: 5)
    let ranking = try FullRanking(of: world.split, settings: settings([3]))
    func measures(_ one: ListMeasuring?, _ other: ListMeasuring?) throws -> Set<ListMeasure> {
      let tests = try ranking.evaluate(world.vectors, lists: one)
        .comparedLists(with: ranking.evaluate(world.vectors, lists: other))
      return Set(tests.map(\.metric.measure))
    }
    let clusters = ListMeasuring(
      partition: world.partition(into: 3), vectors: world.items, minorShare: 0.5)
    #expect(try measures(clusters, clusters) == Set(ListMeasure.allCases).subtracting([.gini]))
    let others = ListMeasuring(
      partition: world.partition(into: 3, seed: 9), vectors: world.items, minorShare: 0.5)
    #expect(try measures(clusters, others) == [.tail, .distance])
    var vectors = world.items
    vectors[0, 0] += 1
    let turned = ListMeasuring(
      partition: world.partition(into: 3), vectors: vectors, minorShare: 0.5)
    #expect(try !measures(clusters, turned).contains(.distance))
    #expect(try measures(clusters, nil) == [.tail])
  }

  @Test func `a ranker's lists are measured after it`() throws {
    let world = RandomWorld(seed: 6, users: 100)
    let ranking = try FullRanking(of: world.split, settings: settings([3]))
    let measuring = ListMeasuring(
      partition: world.partition(into: 4), vectors: world.items, minorShare: 0.5)
    let backwards = CandidateRanking { _, candidates in
      candidates.values.map { Float($0.position) }
    }
    let stages = try ranking.evaluate(
      world.vectors, then: backwards, candidates: 8, lists: measuring)
    let expected = try ranking.evaluate(
      .lists { users, count, _ in
        users.map { user in
          world.ranking(for: user, part: .test, masking: true).prefix(8).sorted(by: >)
            .prefix(count).map(ItemIndex.init)
        }
      }, lists: measuring)
    let tail = ListMetric(.tail, at: 3)
    #expect(stages.twoStage.lists?.values(of: tail) == expected.lists?.values(of: tail))
    #expect(try stages.report().lists["clusters@3"] == expected.report().lists["clusters@3"])
    let alone = try ranking.evaluate(world.vectors, lists: measuring)
    #expect(stages.retriever.lists?.values(of: tail) == alone.lists?.values(of: tail))
  }

  @Test func `the file brings them back, and one without them can be read`() throws {
    let evaluation = try handmade()
    try withTemporaryFile { url in
      try evaluation.write(to: url)
      let read = try Evaluation(contentsOf: url)
      #expect(read == evaluation)
      #expect(read.report().lists == evaluation.report().lists)
      #expect(read.lists?.basis.origin == "3 clusters by hand")
      // As files were before there were list measures.
      let file = try SafetensorsFile(url)
      var metadata = file.metadata
      var header = try #require(
        try JSONSerialization.jsonObject(with: Data((metadata["evaluation"] ?? "").utf8))
          as? [String: Any])
      header["lists"] = nil
      metadata["evaluation"] = String(
        decoding: try JSONSerialization.data(withJSONObject: header), as: UTF8.self)
      let tensors = try file.names.filter { $0 != "list_values" }.map { name in
        switch file.entries[name]?.type {
        case .int64: SafetensorsTensor(name, try file.array(name) as [Int64])
        case .float32:
          SafetensorsTensor(name, try file.array(name) as [Float], shape: file.entries[name]?.shape)
        case .uint8: SafetensorsTensor(name, try file.array(name) as [UInt8])
        default: SafetensorsTensor(name, try file.array(name) as [Int32])
        }
      }
      try SafetensorsFile.write(tensors, metadata: metadata, to: url)
      let old = try Evaluation(contentsOf: url)
      #expect(old.lists == nil)
      #expect(old.intervals() == evaluation.intervals())
      #expect(old.report().lists.isEmpty)
      #expect(try old.comparedLists(with: evaluation).isEmpty)
    }
  }

  @Test func `names are read and written alike`() throws {
    for measure in ListMeasure.allCases {
      let metric = ListMetric(measure, at: 10)
      #expect(ListMetric(named: metric.description) == metric)
      #expect(
        try JSONDecoder().decode([ListMetric].self, from: JSONEncoder().encode([metric])) == [
          metric
        ])
    }
    #expect(ListMetric(named: "clusters") == nil)
    #expect(ListMetric(named: "recall@10") == nil)
    #expect(ListMetric(named: "clusters@0") == nil)
  }

  @Test func `clusters or vectors of other items trap`() async {
    await #expect(processExitsWith: .failure) {
      let world = RandomWorld(seed: 1)
      _ = try FullRanking(of: world.split, settings: settings([5])).evaluate(
        world.vectors, lists: ListMeasuring(partition: Partition(clusters: [0], count: 1)))
    }
    await #expect(processExitsWith: .failure) {
      let world = RandomWorld(seed: 1)
      _ = try FullRanking(of: world.split, settings: settings([5])).evaluate(
        world.vectors, lists: ListMeasuring(vectors: Matrix(rows: 31, columns: 1)))
    }
  }
}
