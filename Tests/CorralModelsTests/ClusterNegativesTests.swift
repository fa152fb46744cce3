import CorralData
import CorralModels
import CorralSampling
import CorralTesting
import CorralVectors
import Foundation
import Testing
import Torch

/// 40 items in clusters of 1, 4, 15 and 20; item 0 is alone.
private let partition: Partition = {
  var clusters = (0..<40).map { Int32($0 % 2 == 0 ? 2 : 3) }
  clusters[0] = 0
  for item in 1..<5 { clusters[item] = 1 }
  for item in 35..<40 { clusters[item] = 3 }
  return Partition(clusters: clusters, count: 4)
}()

/// 30 targets of all clusters.
private let targets = (0..<30).map { ItemIndex($0 * 17 % 40) }

private func settings(_ change: (inout NegativeSettings) -> Void) -> NegativeSettings {
  changed(NegativeSettings()) {
    ($0.kind, $0.count) = (.inCluster, 8)
    change(&$0)
  }
}

/// The blocks of the targets with shared draws.
private func blocks(
  count: Int, easy: Double, _ form: CorrectionSettings.Form?, seed: UInt64 = 5
) throws -> ColumnBlocks {
  var generator = SeededGenerator(seed: seed)
  let negatives = try ClusterNegatives(
    settings { ($0.count, $0.easy) = (count, easy) }, partition, form: form)
  return negatives.columns(targets: targets, using: &generator)
}

@Suite struct `negatives that the targets of a cluster share` {
  @Test(arguments: [3, 8, 17, 100], [0, 0.25, 1])
  func `are draws of the cluster, or all of it, with the easy draws of all`(
    count: Int, easy: Double
  ) throws {
    let found = try blocks(count: count, easy: easy, .expectedCount)
    #expect(found.items.count == Set(found.items).count)
    #expect(found.targets.map { found.items[Int($0)] } == targets)
    #expect(found.blocks.flatMap(\.rows).sorted() == Array(0..<30))
    let easyCount = Int(easy * Double(count))
    for block in found.blocks {
      let columns = block.columns
      #expect(block.places.map { found.items[Int($0)] } == columns.items)
      #expect(block.rows.map { targets[$0] } == columns.targets.map { columns.items[Int($0)] })
      guard case .shared(let counts) = columns.negatives else {
        Issue.record("no shared columns")
        return
      }
      let cluster = partition.clusters[columns.items[Int(columns.targets[0])].position]
      #expect(
        block.rows.allSatisfy { partition.clusters[targets[$0].position] == cluster })
      let size = partition.members[Int(cluster)].count
      let isInside = columns.items.map { partition.clusters[$0.position] == cluster }
      let total = counts.reduce(0, +)
      // A share of the draws that is no whole number is rounded up or down.
      let hard = total - easyCount
      #expect(hard == min(count - easyCount, size) || hard == min(count - easyCount - 1, size) + 1)
      if easy == 0 {
        #expect(zip(counts, isInside).allSatisfy { $0 == 0 || $1 })
        if count >= size { #expect(counts.allSatisfy { $0 == 1 } && counts.count == size) }
      }
      // What is stated is the expected count of each item over the number of draws.
      let logQ = try #require(columns.logQ)
      let sizes = easy == 0 ? (0.0, Double(total)) : (Double(easyCount), Double(hard))
      guard easy == 0 || easy == 1 || count % 4 == 0 else { continue }
      for (log, inside) in zip(logQ, isInside) {
        let expected = sizes.0 / 40 + (inside ? sizes.1 / Double(size) : 0)
        #expect(abs(exp(Double(log)) - expected / Double(total)) < 1e-6)
      }
    }
  }

  @Test(
    arguments: [nil, CorrectionSettings.Form.yi, .expectedCount, .positiveUncorrected],
    [(8, 0), (8, 0.25), (100, 0)] as [(Int, Double)])
  func `have the loss and the gradients of masked scores of all items`(
    form: CorrectionSettings.Form?, draws: (Int, Double)
  ) throws {
    let columns = try blocks(count: draws.0, easy: draws.1, form)
    let queries = Tensor.normal([30, 6], seed: 1)
    let table = Tensor.normal([40, 6], seed: 2)
    let weights = (0..<30).map { Float($0 % 4) }
    (queries.requiresGradient, table.requiresGradient) = (true, true)
    func gradients(of loss: Tensor) throws -> [[Float]] {
      queries.clearGradient()
      table.clearGradient()
      loss.backward()
      return [
        [loss.item()], try #require(queries.gradient).floats(),
        try #require(table.gradient).floats(),
      ]
    }
    let items = table.indexSelect(0, Tensor(columns.items.map { Int64($0.position) }))
    let mine = LossSettings().mean(
      ofDivided: Logits.blocks(queries, items, columns, temperature: 0.5), in: columns,
      weights: weights, itemCount: 40)
    let blocked = try gradients(of: mine)
    let dense = try gradients(
      of: (denseLoss(columns, queries, table, form) * Tensor(weights)).mean())
    for (blocked, dense) in zip(blocked, dense) { expectClose(blocked, dense, tolerance: 1e-5) }
  }

  /// The loss of each row from the scores of all items, those that are no negatives of a row masked.
  private func denseLoss(
    _ columns: ColumnBlocks, _ queries: Tensor, _ table: Tensor, _ form: CorrectionSettings.Form?
  ) -> Tensor {
    var shift = [Float](repeating: -1e9, count: 30 * 40)
    var (rows, logCounts) = (
      [Float](repeating: 0, count: 30), [Float](repeating: 0, count: 30)
    )
    for block in columns.blocks {
      guard case .shared(let counts) = block.columns.negatives else { continue }
      for row in block.rows {
        var number = 0
        for (column, item) in block.columns.items.enumerated() where item != targets[row] {
          number += counts[column]
          if counts[column] > 0 {
            shift[row * 40 + item.position] =
              log(Float(counts[column])) - (block.columns.logQ?[column] ?? 0)
          }
        }
        let own = block.columns.items.firstIndex(of: targets[row]).flatMap {
          block.columns.logQ?[$0]
        }
        guard let own, let form else { continue }
        logCounts[row] = log(Float(max(number, 1)))
        rows[row] = form == .yi ? -own : logCounts[row] - log1p(-min(exp(own), 0.999))
      }
    }
    let scores = queries.matmul(transposed: table) * 2
    let target = Tensor(targets.map { Int64($0.position) })
    let positives = scores.gather(1, target.unsqueeze(1)).squeeze(1)
    let mass = (scores + Tensor(shift, shape: [30, 40])).logSumExp(1)
    let margin = mass - Tensor(rows) - positives
    return form == .positiveUncorrected
      ? margin.detach().sigmoid() * (margin + Tensor(logCounts)) : margin.softplus()
  }

  @Test(arguments: [nil, CorrectionSettings.Form.yi, .expectedCount])
  func `of a whole cluster are the full softmax within it`(
    form: CorrectionSettings.Form?
  ) throws {
    let columns = try blocks(count: 40, easy: 0, form)
    let (queries, table) = (Tensor.normal([30, 6], seed: 1), Tensor.normal([40, 6], seed: 2))
    let items = table.indexSelect(0, Tensor(columns.items.map { Int64($0.position) }))
    let loss = LossSettings().mean(
      ofDivided: Logits.blocks(queries, items, columns), in: columns,
      weights: [Float](repeating: 1, count: 30), itemCount: 40)
    let scores = queries.matmul(transposed: table).matrix()
    let expected = targets.enumerated().reduce(0.0) { sum, row in
      let cluster = Int(partition.clusters[row.element.position])
      let total = partition.members[cluster].reduce(0.0) {
        $0 + exp(Double(scores[row.offset, $1.position]))
      }
      return sum + log(total) - Double(scores[row.offset, row.element.position])
    }
    #expect(abs(Double(loss.item()) - expected / 30) < 1e-4)
  }

  @Test(arguments: [0.25, 0.1])
  func `have their share of easy draws on average`(easy: Double) throws {
    // Of 6 draws 1.5 or 0.6 are easy: a share that no single batch has.
    let outside = try (0..<2000).map { seed -> Int in
      let found = try blocks(count: 6, easy: easy, nil, seed: UInt64(seed))
      let block = try #require(found.blocks.last)
      guard case .shared(let counts) = block.columns.negatives else { return 0 }
      return zip(counts, block.columns.items).reduce(0) {
        $0 + (partition.clusters[$1.1.position] == 3 ? 0 : $1.0)
      }
    }
    let size = Double(partition.members[3].count)
    let expected = easy * 6 * (40 - size) / 40
    #expect(abs(Double(outside.reduce(0, +)) / 2000 - expected) < 0.06)
  }
}

@Suite struct `negatives in its cluster of a target's own` {
  @Test func `are never the target or known, and corrected by what is left`() throws {
    let rows = [[1, 2, 6, 8, 10], [3, 5, 7, 9, 11]].map { $0.map { ItemIndex($0) } }
    let none = Ragged(rows.map { _ in [ItemIndex]() })
    let known = KnownItems(
      Split(
        itemCount: 40, training: Ragged(rows), weights: [Float](repeating: 1, count: 10),
        validation: none, test: none, rule: "made up"))
    let negatives = try ClusterNegatives(
      settings { ($0.sharing, $0.known, $0.count) = (.example, .masked, 200) }, partition,
      known: known, form: .expectedCount)
    var generator = SeededGenerator(seed: 2)
    let own = [1, 6, 3].map { ItemIndex($0) }
    let found = negatives.columns(
      targets: own, of: [UserIndex(0), UserIndex(0), UserIndex(1)], using: &generator)
    let columns = try #require(found.blocks.first).columns
    #expect(found.blocks.count == 1 && found.items == columns.items)
    guard case .own(let drawn, let isKnown) = columns.negatives else {
      Issue.record("no columns of their own")
      return
    }
    #expect(isKnown.isEmpty && drawn.count == 600)
    let allowed = [[3, 4], partition.members[2].map(\.position).filter { $0 > 10 }, [1, 2, 4]]
    for row in 0..<3 {
      let items = Set(drawn[row * 200..<(row + 1) * 200].map { columns.items[Int($0)].position })
      #expect(items == Set(allowed[row]), "row \(row)")
      let logQ = try #require(columns.logQ)[row * 201..<(row + 1) * 201]
      // No draw hits the target, so that nothing is to be corrected for that.
      #expect(exp(try #require(logQ.first)) == 0)
      #expect(
        logQ.dropFirst().allSatisfy { abs($0 + log(Float(allowed[row].count))) < 1e-6 })
    }
  }

  @Test func `give a positive with a single rival the loss of the two`() throws {
    // One allowed rival, drawn 20 times: its expected count is 20, which the correction takes away.
    let pair = Partition(clusters: [0, 0, 1, 1], count: 2)
    let none = Ragged([[ItemIndex]()])
    let known = KnownItems(
      Split(
        itemCount: 4, training: Ragged([[ItemIndex(0)]]), weights: [1], validation: none,
        test: none, rule: "made up"))
    let negatives = try ClusterNegatives(
      settings { ($0.sharing, $0.known, $0.count) = (.example, .masked, 20) }, pair, known: known,
      form: .expectedCount)
    var generator = SeededGenerator(seed: 2)
    let found = negatives.columns(
      targets: [ItemIndex(0)], of: [UserIndex(0)], using: &generator)
    let items = Tensor([1, 0.5] as [Float], shape: [2, 1])
    let loss = LossSettings().mean(
      ofDivided: Logits.blocks(Tensor([1] as [Float], shape: [1, 1]), items, found), in: found,
      weights: [1], itemCount: 4)
    #expect(abs(loss.item() - log(1 + exp(-0.5))) < 1e-6)
  }

  @Test func `settings that do not fit are refused`() {
    func message(_ change: (inout NegativeSettings) -> Void) -> String {
      do {
        try settings(change).validate()
        return "none"
      } catch {
        return "\(error)"
      }
    }
    #expect(message { $0.easy = 0.5 } == "none")
    #expect(
      message { $0.easy = 1.5 } == "setting 'easy' is 1.5: give a share from 0 to 1")
    #expect(
      message { ($0.kind, $0.easy) = (.uniform, 0.5) }
        == "setting 'easy' is 0.5: uniform negatives do not read it; give 0, or set kind beside it "
        + "to in-cluster")
    #expect(
      message { $0.count = 0 }
        == "setting 'count' is 0: in-cluster negatives need 1 or more, such as 1024")
    #expect(
      message { $0.known = .masked }
        == "setting 'known' is masked: a batch's users share these negatives; give kept, or set "
        + "sharing beside it to example")
    var proposal = ProposalSettings()
    proposal.kind = .inCluster
    #expect {
      try proposal.validate()
    } throws: {
      "\($0)"
        == "setting 'kind' is in-cluster: only a retriever that is trained alone draws in the "
        + "clusters of the block 'clusters'; give uniform, popularity, softmax, multi-index, "
        + "top-rand, top-and-rand or cluster"
    }
  }
}
