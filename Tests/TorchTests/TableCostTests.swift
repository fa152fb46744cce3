import CorralVectors
import Testing
import Torch

/// A step of two tables, a dot product and an in-batch softmax; the shortest of several, seconds.
private func shortestStep(rows: Int, rule: Optimizer.Rule) throws -> Double {
  let parameters = Parameters(seed: 1)
  let (users, items) = try parameters.build { scope in
    (try Embedding(rows, 32, in: scope / "users"), try Embedding(rows, 32, in: scope / "items"))
  }
  var optimizer = Optimizer(rule, rate: 0.01, clipping: .norm(1), of: parameters)
  var generator = SeededGenerator(seed: 2)
  var shortest = Double.infinity
  for _ in 0..<15 {
    let ids = (0..<2).map { _ in
      Tensor((0..<128).map { _ in Int32(generator.next(below: rows)) })
    }
    let time = ContinuousClock().measure {
      let logits = users(ids[0]).matmul(transposed: items(ids[1]))
      logits.crossEntropy(Tensor.range(0..<128)).backward()
      optimizer.step()
    }
    shortest = min(shortest, time / .seconds(1))
  }
  return shortest
}

@Test(.serialized, arguments: [Optimizer.Rule.sgd, .adagrad(), .adam()])
func `a step's cost does not grow with the table`(rule: Optimizer.Rule) throws {
  let short = try shortestStep(rows: 1_000, rule: rule)
  let long = try shortestStep(rows: 500_000, rule: rule)
  // The margin is for noise; one pass over the long tables and their moments is 384 MB.
  #expect(long < 4 * short + 0.003, "\(short) s with 1,000 rows, \(long) s with 500,000")
}
