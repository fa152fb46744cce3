import Testing
import Torch

/// One parameter and the optimiser under test.
private struct Rig {
  let weight: Tensor
  var optimizer: Optimizer

  init(
    _ rule: Optimizer.Rule, layout: GradientLayout, start: Tensor,
    clipping: Optimizer.Clipping = .off, rate: Float = 0.1
  ) throws {
    let parameters = Parameters(stored: ["w": StoredTensor(start)])
    weight = try parameters.build { try $0.parameter("w", shape: start.shape, layout: layout) }
    optimizer = Optimizer(rule, rate: rate, clipping: clipping, of: parameters)
  }

  /// A step with the given gradient, by rows where some are named.
  mutating func step(_ gradient: Tensor, rows: Tensor? = nil, portable: Bool) {
    if let rows {
      (weight.rows(rows) * gradient.indexSelect(0, rows)).sum().backward()
    } else {
      (weight * gradient).sum().backward()
    }
    optimizer.step(portable: portable)
  }
}

private let rules: [(String, Optimizer.Rule, Optimizer.Clipping)] = [
  ("sgd", .sgd, .off), ("adagrad", .adagrad(), .off), ("adam", .adam(), .off),
  ("adam.decay", .adam(.init(decay: 0.2)), .off),
  ("adam.clipped", .adam(), .norm(1.5)), ("sgd.clipped", .sgd, .norm(1.5)),
]

@Test(arguments: [false, true])
func `optimizers of dense parameters equal PyTorch's over several steps`(portable: Bool) throws {
  let golden = try Golden("optimizers")
  for (name, rule, clipping) in rules {
    var rig = try Rig(rule, layout: .dense, start: golden["start"], clipping: clipping)
    for step in 0..<6 {
      rig.step(try golden["gradients"][step], portable: portable)
      expectClose(rig.weight, try golden[name][step], "\(name) after step \(step)")
    }
  }
}

@Test(arguments: [false, true])
func `optimizers of tables equal PyTorch's over several steps`(portable: Bool) throws {
  let golden = try Golden("optimizers")
  for (name, rule, _) in rules.prefix(3) {
    var rig = try Rig(rule, layout: .rows, start: golden["start"])
    for step in 0..<6 {
      rig.step(try golden["gradients"][step], rows: try golden["rows"], portable: portable)
      expectClose(rig.weight, try golden["\(name).rows"][step], "\(name) after step \(step)")
    }
  }
}

@Test(arguments: [false, true])
func `a table with dense gradients is updated as a dense parameter is`(portable: Bool) throws {
  let golden = try Golden("optimizers")
  for (name, rule, clipping) in rules where name != "adagrad" {
    var rig = try Rig(rule, layout: .rows, start: golden["start"], clipping: clipping)
    for step in 0..<6 {
      rig.step(try golden["gradients"][step], portable: portable)
      expectClose(rig.weight, try golden[name][step], "\(name) after step \(step)")
    }
  }
}

@Test(arguments: [false, true], [GradientLayout.dense, .rows])
func `a parameter that moves by a share of the rate moves as it would alone by that rate`(
  portable: Bool, layout: GradientLayout
) throws {
  let golden = try Golden("optimizers")
  for (name, rule, _) in rules {
    let start = try golden["start"]
    let parameters = Parameters(
      stored: ["slow.w": StoredTensor(start), "w": StoredTensor(start)])
    let weights = try parameters.build { scope in
      try [scope / "slow", scope].map {
        try $0.parameter("w", shape: start.shape, layout: layout)
      }
    }
    var optimizer = Optimizer(
      rule, rate: 0.1, of: parameters, share: { $0.hasPrefix("slow.") ? 0.25 : 1 })
    var alone = [
      try Rig(rule, layout: layout, start: start, rate: 0.025),
      try Rig(rule, layout: layout, start: start),
    ]
    for step in 0..<3 {
      let gradient = try golden["gradients"][step]
      for weight in weights { (weight * gradient).sum().backward() }
      optimizer.step(portable: portable)
      for position in alone.indices {
        alone[position].step(gradient, portable: portable)
        expectClose(weights[position], alone[position].weight, "\(name) after step \(step)")
      }
    }
  }
}
