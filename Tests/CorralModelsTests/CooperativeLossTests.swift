import CorralData
import CorralModels
import CorralSampling
import CorralVectors
import Foundation
import Testing
import Torch

/// The losses of cooperative training over a proposal's draws, against their closed forms.
@Suite struct `losses over a proposal's draws` {
  private let rows = 6
  private let draws = 12
  private let items = 30

  /// Scores of a ranker and a retriever for every item, `[rows, items]`, which require gradients.
  private let ranker = scores(6, 30, seed: 21)
  private let retriever = scores(6, 30, seed: 22, deviation: 0.7)

  /// A proposal of each row's own.
  private var proposal: [[Double]] {
    scores(6, 30, seed: 23).softmax(1).matrix().doubles
  }

  private let targets: [ItemIndex] = [4, 0, 9, 4, 29, 13].map { ItemIndex($0) }

  /// Draws of each row, a hit of the positive and a repetition among them.
  private func drawn(_ proposal: [[Double]]) -> TrainingColumns {
    var generator = SeededGenerator(seed: 3)
    var drawn = proposal.map { row in
      let table = AliasTable(weights: row)
      return (0..<draws).map { _ in table.draw(using: &generator) }
    }
    (drawn[1][3], drawn[1][7], drawn[4][2]) = (
      targets[1].position, targets[1].position, drawn[4][1]
    )
    let negatives = Negatives(
      rows: rows, count: draws, items: drawn.joined().map { ItemIndex($0) },
      logProbabilities: zip(drawn, proposal).flatMap { row, q in row.map { Float(log(q[$0])) } })
    return TrainingColumns(
      targets: targets, negatives,
      targetLogQ: zip(targets, proposal).map { Float(log($1[$0.position])) }, form: .yi)
  }

  /// The places of each row's target and draws in the catalogue.
  private func places(_ columns: TrainingColumns) -> [[Int]] {
    guard case .own(let own, _) = columns.negatives else { return [] }
    return (0..<rows).map { row in
      ([columns.targets[row]] + own[row * draws..<(row + 1) * draws]).map {
        columns.items[Int($0)].position
      }
    }
  }

  /// The scores of a table as logits of the columns.
  private func logits(_ table: Tensor, _ columns: TrainingColumns) -> Logits {
    let identity = Tensor(
      (0..<items * items).map { Float($0 % (items + 1) == 0 ? 1 : 0) }, shape: [items, items])
    return Logits(
      table, identity.indexSelect(0, Tensor(columns.items.map(\.position))), columns)
  }

  private func corrected(_ table: Tensor, _ places: [Int], _ row: Int, _ q: [Double]) -> [Double] {
    let values = table.matrix()
    return places.map { Double(values[row, $0]) - log(q[$0]) }
  }

  @Test func `the supervised loss has the gradient of its closed form for any proposal`() throws {
    let columns = drawn(proposal)
    let places = places(columns)
    let loss = SampledSoftmax()(logits(ranker, columns))
    loss.sum().backward()
    let gradient = try #require(ranker.gradient).matrix()
    let values = loss.floats()
    for row in 0..<rows {
      // A draw that hit the positive does not count, other repetitions do.
      let kept = [places[row][0]] + places[row].dropFirst().filter { $0 != places[row][0] }
      let weights = softmax(corrected(ranker, kept, row, proposal[row]))
      #expect(abs(Double(values[row]) + log(weights[0])) < 1e-5)
      var expected = [Double](repeating: 0, count: items)
      for (place, weight) in zip(kept, weights) { expected[place] += weight }
      expected[kept[0]] -= 1
      for item in 0..<items {
        #expect(abs(Double(gradient[row, item]) - expected[item]) < 1e-5)
      }
    }
  }

  @Test func `distillation has the gradient of its closed form, and none for the teacher`() throws {
    let columns = drawn(proposal)
    let places = places(columns)
    let divergence = Distillation()(logits(retriever, columns), toward: logits(ranker, columns))
    divergence.sum().backward()
    #expect(ranker.gradient == nil)
    let gradient = try #require(retriever.gradient).matrix()
    for row in 0..<rows {
      // Repetitions and the positive among the draws stay; the positive itself is no draw.
      let drawn = Array(places[row].dropFirst())
      let taught = softmax(corrected(ranker, drawn, row, proposal[row]))
      let learned = softmax(corrected(retriever, drawn, row, proposal[row]))
      let expected = zip(taught, learned).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
      #expect(abs(Double(divergence.floats()[row]) - expected) < 1e-5)
      var gradients = [Double](repeating: 0, count: items)
      for (place, (taught, learned)) in zip(drawn, zip(taught, learned)) {
        gradients[place] += learned - taught
      }
      for item in 0..<items {
        #expect(abs(Double(gradient[row, item]) - gradients[item]) < 1e-5)
      }
    }
  }

  @Test func `a uniform proposal is the ordinary softmax and divergence of raw scores`() {
    let uniform = proposal.map { $0.map { _ in 1 / Double(items) } }
    let columns = drawn(uniform)
    let raw = TrainingColumns(
      items: columns.items, targets: columns.targets, negatives: columns.negatives)
    let (student, teacher) = (logits(retriever, columns), logits(ranker, columns))
    let (plainStudent, plainTeacher) = (logits(retriever, raw), logits(ranker, raw))
    expectClose(SampledSoftmax()(teacher).floats(), SampledSoftmax()(plainTeacher).floats())
    expectClose(
      Distillation()(student, toward: teacher).floats(),
      Distillation()(plainStudent, toward: plainTeacher).floats())
  }

  @Test func `a proposal that is the retriever makes its distribution over the draws uniform`()
    throws
  {
    let columns = drawn(retriever.softmax(1).matrix().doubles)
    let places = places(columns)
    let divergence = Distillation()(logits(retriever, columns), toward: logits(ranker, columns))
    divergence.sum().backward()
    let gradient = try #require(retriever.gradient).matrix()
    let (r, m) = (ranker.matrix(), retriever.matrix())
    for row in 0..<rows {
      let drawn = places[row].dropFirst()
      let gaps = softmax(drawn.map { Double(r[row, $0]) - Double(m[row, $0]) })
      let entropy = -gaps.reduce(0) { $0 + $1 * log($1) }
      #expect(abs(Double(divergence.floats()[row]) - (log(Double(draws)) - entropy)) < 1e-5)
      var expected = [Double](repeating: 0, count: items)
      for (place, gap) in zip(drawn, gaps) { expected[place] += 1 / Double(draws) - gap }
      for item in 0..<items {
        #expect(abs(Double(gradient[row, item]) - expected[item]) < 1e-5)
      }
    }
  }

  @Test func `distillation is zero only where both differ by a constant, which changes nothing`() {
    let columns = drawn(proposal)
    let teacher = logits(ranker, columns)
    func divergence(_ student: Logits, _ teacher: Logits) -> [Float] {
      Distillation()(student, toward: teacher).floats()
    }
    let shifts = Tensor([3, -2, 0.5, 1, -7, 4] as [Float], shape: [6, 1])
    let plain = divergence(logits(retriever, columns), teacher)
    #expect(plain.allSatisfy { $0 > 1e-3 })
    expectClose(divergence(logits(retriever + shifts, columns), teacher), plain)
    expectClose(divergence(logits(retriever, columns), logits(ranker - shifts, columns)), plain)
    expectClose(divergence(logits(ranker + shifts, columns), teacher), plain.map { _ in 0 })
    // So does log Q without its normaliser.
    let unnormalised = TrainingColumns(
      items: columns.items, targets: columns.targets, negatives: columns.negatives,
      logQ: columns.logQ?.map { $0 + 5 })
    expectClose(
      divergence(logits(retriever, unnormalised), logits(ranker, unnormalised)), plain)
  }

  @Test func `rows of logits are rows of the loss, and another model's scores take their columns`()
  {
    let columns = drawn(proposal)
    let all = logits(retriever, columns)
    let some = all.rows(Tensor([5, 1]))
    let loss = SampledSoftmax()(all).floats()
    expectClose(SampledSoftmax()(some).floats(), [loss[5], loss[1]])
    let other = logits(ranker, columns)
    expectClose(
      SampledSoftmax()(all.scored(other.values)).floats(), SampledSoftmax()(other).floats())
  }

  @Test func `a target that the proposal never draws is as probable as the rarest draw`() throws {
    let columns = TrainingColumns(
      targets: [ItemIndex(7)],
      Negatives(
        rows: 1, count: 3, items: [1, 2, 1].map { ItemIndex($0) }, logProbabilities: [-1, -2, -1]),
      targetLogQ: [-.infinity], form: .yi)
    #expect(columns.logQ == [-2, -1, -2, -1])
  }

  /// A ranker's and a retriever's scores of 200 items.
  private let wide = (
    ranker: scores(1, 200, seed: 32).matrix().doubles[0],
    retriever: scores(1, 200, seed: 33).matrix().doubles[0]
  )

  /// Logits of item 0 and of draws `[rows, count]` with their probabilities, in the form in which
  /// the positive is not corrected.
  private func logits(_ scores: [Double], _ draws: [[Int]], _ q: [Double]) -> Logits {
    let shape = [draws.count, draws[0].count + 1]
    func tensor(_ value: (Int) -> Double) -> Tensor {
      Tensor(draws.flatMap { ([0] + $0).map { Float(value($0)) } }, shape: shape)
    }
    let counts = draws.map { row in log(Double(row.count { $0 != 0 })) }
    return Logits(
      values: tensor { scores[$0] }, target: Tensor.zeros([draws.count], type: .int64),
      isMasked: Tensor(draws.flatMap { [false] + $0.map { $0 == 0 } }, shape: shape),
      correction: .init(
        form: .expectedCount, columns: tensor { log(q[$0]) },
        rows: Tensor(counts.map { Float($0 - log1p(-q[0])) }),
        logCounts: Tensor(counts.map { Float($0) })))
  }

  @Test func `the sampled divergence comes from below, its bias halved by twice the draws`() {
    let q = scores(1, 200, seed: 31, deviation: 0.5).softmax(1).matrix().doubles[0]
    let table = AliasTable(weights: q)
    var generator = SeededGenerator(seed: 6)
    let draws = (0..<2000).map { _ in (0..<200).map { _ in table.draw(using: &generator) } }
    // The same draws 50, 100 and 200 at a time: what is left is the bias.
    let means = [50, 100, 200].map { count in
      let parts = draws.flatMap { row in
        stride(from: 0, to: 200, by: count).map { Array(row[$0..<$0 + count]) }
      }
      return Distillation().mean(
        logits(wide.retriever, parts, q), toward: logits(wide.ranker, parts, q)
      ).item()
    }
    let exact = zip(softmax(wide.ranker), softmax(wide.retriever)).reduce(0) {
      $0 + $1.0 * log($1.0 / $1.1)
    }
    #expect(Double(means[2]) < exact && means[0] < means[1] && means[1] < means[2])
    let ratio = (means[1] - means[0]) / (means[2] - means[1])
    #expect((1.7...2.2).contains(ratio), "\(means), \(exact)")
  }

  @Test func `with many uniform draws the supervised loss is that over all items`() {
    let exact = -log(softmax(wide.ranker)[0])
    let uniform = [Double](repeating: 1 / 200, count: 200)
    var generator = SeededGenerator(seed: 6)
    let errors = [(10, 2000), (100, 400), (5000, 20)].map { count, trials in
      let draws = (0..<trials).map { _ in (0..<count).map { _ in generator.next(below: 200) } }
      return abs(
        Double(SampledSoftmax().mean(logits(wide.ranker, draws, uniform)).item()) - exact)
    }
    #expect(errors[2] < 0.01 && errors[2] < errors[1] && errors[1] < errors[0], "\(errors)")
  }
}

extension Matrix {
  fileprivate var doubles: [[Double]] { (0..<rows).map { self[$0].map(Double.init) } }
}

private func softmax(_ scores: [Double]) -> [Double] {
  let total = scores.reduce(0) { $0 + exp($1) }
  return scores.map { exp($0) / total }
}
