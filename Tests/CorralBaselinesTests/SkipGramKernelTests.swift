import CKernels
import CorralVectors
import Foundation
import Testing

/// The skip-gram step at every level of this processor.
struct SkipGramKernelTests {
  static let levels = [CK_PLAIN, CK_NEON, CK_AVX2, CK_AVX512].filter(ck_supports)

  /// A small model that learns from a sequence.
  struct Model {
    var inputs: [Float]
    var outputs: [Float]
    let dimension: Int
    var keep: [UInt32]
    var alias: [Int32]

    init(items: Int, dimension: Int) {
      var rng = SeededGenerator(seed: 1, stream: UInt64(dimension))
      inputs = (0..<items * dimension).map { _ in Float(rng.normal()) * 0.3 }
      outputs = (0..<items * dimension).map { _ in Float(rng.normal()) * 0.3 }
      self.dimension = dimension
      (keep, alias) = AliasTable(weights: (1...items).map(Double.init)).columns()
    }

    mutating func learn(
      _ level: ck_level, _ items: [Int32], window: Int, negatives: Int, rate: Float
    ) {
      inputs.withUnsafeMutableBufferPointer { inputs in
        outputs.withUnsafeMutableBufferPointer { outputs in
          keep.withUnsafeBufferPointer { keep in
            alias.withUnsafeBufferPointer { alias in
              guard let x = inputs.baseAddress, let y = outputs.baseAddress,
                let keep = keep.baseAddress, let columns = alias.baseAddress
              else { return }
              var model = ck_skip_gram(
                inputs: x, outputs: y, dimension: Int64(dimension), keep: keep, alias: columns,
                columns: Int64(alias.count), window: Int64(window), negatives: Int64(negatives))
              ck_skip_gram_learn(level, &model, items, Int64(items.count), rate, 7)
            }
          }
        }
      }
    }
  }

  @Test(arguments: levels, [16, 32, 48, 64, 128])
  func `equals the plain twin`(level: ck_level, dimension: Int) {
    var rng = SeededGenerator(seed: 2)
    let items = (0..<60).map { _ in Int32(rng.next(below: 20)) }
    for negatives in [1, 2, 3, 5, 20] {
      var plain = Model(items: 20, dimension: dimension)
      var model = plain
      let start = plain
      plain.learn(CK_PLAIN, items, window: 4, negatives: negatives, rate: 0.05)
      model.learn(level, items, window: 4, negatives: negatives, rate: 0.05)
      #expect(zip(plain.inputs, model.inputs).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(zip(plain.outputs, model.outputs).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(plain.inputs != start.inputs && plain.outputs != start.outputs)
    }
  }

  @Test(arguments: levels)
  func `a pair moves along the gradient of its loss`(level: ck_level) {
    // Two items and a window of 1: 0 is near 1, then 1 near 0. A draw that is the item itself is
    // skipped, so that the negative of a target can only be the other item.
    let (dimension, rate) = (16, 0.1)
    var model = Model(items: 2, dimension: dimension)
    model.keep = [0, 0]
    model.alias = [1, 1]
    var x = (0..<2).map { model.inputs[$0 * dimension..<($0 + 1) * dimension].map(Double.init) }
    var y = (0..<2).map { model.outputs[$0 * dimension..<($0 + 1) * dimension].map(Double.init) }
    func learn(_ near: Int, _ outputs: [(item: Int, label: Double)]) {
      let input = x[near]
      let steps = outputs.map { output in
        let score = zip(input, y[output.item]).reduce(0) { $0 + $1.0 * $1.1 }
        return rate * (output.label - 1 / (1 + exp(-score)))
      }
      for (step, output) in zip(steps, outputs) {
        for k in 0..<dimension { x[near][k] += step * y[output.item][k] }
      }
      for (step, output) in zip(steps, outputs) {
        for k in 0..<dimension { y[output.item][k] += step * input[k] }
      }
    }
    // At item 0, item 1 is near, and the one negative is 1. At item 1 the draw is 1 itself, so that
    // no negative is left.
    learn(1, [(0, 1), (1, 0)])
    learn(0, [(1, 1)])
    model.learn(level, [0, 1], window: 1, negatives: 1, rate: Float(rate))
    let (inputs, outputs) = (x.flatMap(\.self), y.flatMap(\.self))
    #expect(zip(inputs, model.inputs).allSatisfy { abs($0 - Double($1)) < 1e-6 })
    #expect(zip(outputs, model.outputs).allSatisfy { abs($0 - Double($1)) < 1e-6 })
  }

  @Test(arguments: levels)
  func `large scores end in finite steps`(level: ck_level) {
    var model = Model(items: 4, dimension: 16)
    for position in model.inputs.indices { model.inputs[position] *= 100 }
    for position in model.outputs.indices { model.outputs[position] *= 100 }
    model.learn(level, [0, 1, 2, 3, 0], window: 2, negatives: 3, rate: 0.025)
    #expect((model.inputs + model.outputs).allSatisfy { $0.isFinite })
  }

  @Test(arguments: levels)
  func `one item alone teaches nothing`(level: ck_level) {
    var model = Model(items: 4, dimension: 16)
    let before = model
    model.learn(level, [2], window: 2, negatives: 3, rate: 0.025)
    model.learn(level, [], window: 2, negatives: 3, rate: 0.025)
    #expect(model.inputs == before.inputs && model.outputs == before.outputs)
  }
}
