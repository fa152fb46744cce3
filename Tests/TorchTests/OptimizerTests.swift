import CorralVectors
import Foundation
import Testing
import Torch

private let rules: [Optimizer.Rule] = [
  .sgd, .adagrad(), .adam(), .adam(.init(decay: 0.1)), .rmsProp(),
]

/// A table of 40 rows and a layer after it, with what trains them.
private struct Model {
  let parameters: Parameters
  let table: Tensor
  let layer: Linear
  var optimizer: Optimizer

  init(_ rule: Optimizer.Rule, layout: GradientLayout = .rows, dimension: Int = 6) throws {
    parameters = Parameters(seed: 3)
    (table, layer) = try parameters.build { scope in
      (
        try (scope / "items").parameter(
          "weight", shape: [40, dimension], initializer: .normal(deviation: 1), layout: layout),
        try Linear(dimension, 2, in: scope / "layer")
      )
    }
    optimizer = Optimizer(rule, rate: 0.05, clipping: .norm(2), of: parameters)
  }

  /// The loss of a step that looks rows up, some of them twice.
  func loss(_ step: Int, gradient: GradientLayout = .rows, below bound: Int = 40) -> Tensor {
    var generator = SeededGenerator(seed: UInt64(step))
    let ids = (0..<24).map { _ in Int32(generator.next(below: bound)) }
    return layer(table.rows(Tensor(ids, shape: [8, 3]), gradient: gradient)).power(2).mean()
  }

  mutating func step(_ number: Int, portable: Bool = false) {
    loss(number).backward()
    optimizer.step(portable: portable)
  }

  func values() -> [String: StoredTensor] { parameters.stored() }
}

@Test(arguments: rules, [6, 7, 8])
func `the loops over rows equal their twin of tensor operations`(
  rule: Optimizer.Rule, dimension: Int
) throws {
  var model = try Model(rule, dimension: dimension)
  var twin = try Model(rule, dimension: dimension)
  for step in 0..<8 {
    model.step(step)
    twin.step(step, portable: true)
    #expect(abs(model.optimizer.gradientNorm - twin.optimizer.gradientNorm) < 1e-5)
    for (parameter, other) in zip(model.parameters.all, twin.parameters.all) {
      expectClose(parameter.tensor, other.tensor, "\(parameter.name) after step \(step)")
    }
  }
}

@Test(arguments: [Optimizer.Rule.sgd, .adam(), .adam(.init(decay: 0.1))])
func `a step by rows makes of the rows it names what a dense step makes of them`(
  rule: Optimizer.Rule
) throws {
  var rows = try Model(rule)
  // Every row has a history before the steps that are compared.
  for step in 0..<4 { rows.step(step) }
  for step in 4..<8 {
    let before = rows.values()
    var dense = try Model(rule, layout: .dense)
    try dense.parameters.restore(before)
    try dense.optimizer.restore(denseState(of: rows.optimizer.state()))
    rows.step(step)
    dense.loss(step, gradient: .dense).backward()
    let named = dense.table.gradient.map { $0.absolute().sum(-1).floats() } ?? []
    dense.optimizer.step()
    let untouched = try #require(before["items.weight"]).values
    for row in 0..<40 {
      let now = rows.table[row].floats()
      if named[row] > 0 {
        expectClose(rows.table[row], dense.table[row], "row \(row)", tolerance: 1e-6)
      } else {
        #expect(now == Array(untouched[row * 6..<row * 6 + 6]), "row \(row) was not named")
      }
    }
    #expect(named.contains { $0 > 0 } && named.contains(0))
  }
}

@Test(arguments: [false, true])
func `a table under RMSProp is what dense Adam without momentum makes of it, all rows of it`(
  portable: Bool
) throws {
  var table = try Model(.rmsProp(.init(decay: 0.9)))
  var dense = try Model(.adam(.init(beta1: 0, beta2: 0.9)), layout: .dense)
  // Few rows a step, so that most of them miss some.
  for step in 0..<12 {
    table.loss(step, below: 10 + 2 * step).backward()
    table.optimizer.step(portable: portable)
    dense.loss(step, gradient: .dense, below: 10 + 2 * step).backward()
    dense.optimizer.step()
    for (parameter, other) in zip(table.parameters.all, dense.parameters.all) {
      expectClose(parameter.tensor, other.tensor, "\(parameter.name) after step \(step)")
    }
  }
}

/// The state of Adam's table, `[rows, 2, ...]`, as that of a dense parameter, `[2, rows, ...]`.
private func denseState(of state: Optimizer.State) -> Optimizer.State {
  var tensors = state.tensors
  if let moments = tensors["items.weight.moments"] {
    let tensor = Tensor(moments.values, shape: moments.shape)
    tensors["items.weight.moments"] = StoredTensor(tensor.transpose(0, 1))
  }
  return Optimizer.State(steps: state.steps, tensors: tensors)
}

@Test(arguments: rules)
func `training that is saved and resumed ends with the same bits`(rule: Optimizer.Rule) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "torch-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let weights = folder.appending(path: "weights.safetensors")
  let state = folder.appending(path: "optimizer.safetensors")

  var whole = try Model(rule)
  for step in 0..<10 { whole.step(step) }

  var first = try Model(rule)
  for step in 0..<5 { first.step(step) }
  try SafetensorsFile.write(first.parameters.safetensors(), to: weights)
  try SafetensorsFile.write(first.optimizer.safetensors(), to: state)

  var second = try Model(rule)
  try second.parameters.restore([String: StoredTensor](SafetensorsFile(weights)))
  try second.optimizer.restore(Optimizer.State(SafetensorsFile(state)))
  #expect(second.optimizer.state() == first.optimizer.state())
  for step in 5..<10 { second.step(step) }
  #expect(second.values() == whole.values())
  #expect(second.optimizer.state() == whole.optimizer.state())
}

@Test func `the same steps give the same bits on any number of threads`() throws {
  func train(threads: Int) throws -> [String: StoredTensor] {
    let before = Torch.threads
    Torch.threads = threads
    defer { Torch.threads = before }
    let parameters = Parameters(seed: 5)
    let table = try parameters.build { try Embedding(5000, 64, rows: .items, in: $0) }
    var optimizer = Optimizer(.adam(), rate: 0.01, clipping: .norm(0.1), of: parameters)
    for step in 0..<3 {
      var generator = SeededGenerator(seed: UInt64(step))
      let ids = (0..<6000).map { _ in Int32(generator.next(below: 5000)) }
      table(Tensor(ids)).power(2).sum().backward()
      optimizer.step()
    }
    return parameters.stored()
  }
  let one = try train(threads: 1)
  #expect(try train(threads: 2) == one)
}

@Test func `a step with no gradients changes nothing and one without some leaves those alone`()
  throws
{
  var model = try Model(.adam())
  let before = model.values()
  model.optimizer.step()
  #expect(model.values() == before)
  model.table.rows(Tensor([0, 1] as [Int32])).sum().backward()
  model.optimizer.step()
  #expect(model.values()["layer.weight"] == before["layer.weight"])
  #expect(model.values()["items.weight"] != before["items.weight"])
  #expect(model.table.gradient == nil)
}

@Test func `an optimizer's state of another model is refused with the tensor's name`() throws {
  var adam = try Model(.adam())
  let before = adam.optimizer.state()
  #expect(throws: TorchError.missingState("items.weight.moments")) {
    try adam.optimizer.restore(Model(.adagrad()).optimizer.state())
  }
  #expect(
    throws: TorchError.misshapenState(
      "items.weight.moments", expected: [40, 2, 6], found: [40, 2, 7])
  ) {
    try adam.optimizer.restore(Model(.adam(), dimension: 7).optimizer.state())
  }
  var sgd = try Model(.sgd)
  #expect(
    throws: TorchError.unexpectedState(before.tensors.keys.sorted())
  ) { try sgd.optimizer.restore(before) }
  #expect(adam.optimizer.state() == before)
  #expect(
    TorchError.missingState("a.moments").description
      == "'a.moments' is missing from the optimiser's stored state: "
      + "resume with the settings that the run started with")
}
