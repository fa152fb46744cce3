import CorralVectors
import Foundation
import Testing
import Torch

private let rules: [Optimizer.Rule] = [
  .sgd, .adagrad(), .adam(), .adam(.init(decay: 0.1)), .rmsProp(),
]

/// A table of items, one of users and a layer after them, with what trains them.
private struct Model {
  let parameters: Parameters
  let items: Embedding
  let users: Embedding
  let layer: Linear
  var optimizer: Optimizer

  init(
    _ rule: Optimizer.Rule = .adam(), items: Int = 20, of parameters: Parameters = .init(seed: 3)
  ) throws {
    self.parameters = parameters
    (self.items, users, layer) = try parameters.build { scope in
      (
        try Embedding(
          items, 5, rows: .items, initializer: .normal(deviation: 1), in: scope / "items"),
        try Embedding(7, 5, rows: .users, initializer: .uniform(bound: 1), in: scope / "users"),
        try Linear(5, 2, in: scope / "layer")
      )
    }
    optimizer = Optimizer(rule, rate: 0.05, clipping: .norm(2), of: parameters)
  }

  /// A step whose gradient names items and users below these bounds, some of them twice.
  mutating func step(
    _ number: Int, items bound: Int, users userBound: Int = 7, portable: Bool = false
  ) {
    loss(number, items: bound, users: userBound).backward()
    optimizer.step(portable: portable)
  }

  func loss(_ number: Int, items bound: Int, users userBound: Int = 7) -> Tensor {
    var generator = SeededGenerator(seed: UInt64(number))
    func ids(_ bound: Int) -> Tensor {
      Tensor((0..<24).map { _ in Int32(generator.next(below: bound)) })
    }
    return layer(items(ids(bound)) + users(ids(userBound))).power(2).mean()
  }

  func rows(of name: String, _ rows: Range<Int>) throws -> [Float] {
    let values = try #require(parameters.stored()[name]).values
    return Array(values[rows.lowerBound * 5..<rows.upperBound * 5])
  }
}

@Test(arguments: rules, [false, true])
func `a table that grew between steps ends as one that was whole from the start`(
  rule: Optimizer.Rule, portable: Bool
) throws {
  var grown = try Model(rule)
  let early = try Model(rule)
  try early.parameters.grow([.items: 33])
  var whole = try Model(rule, items: 33, of: Parameters(stored: early.parameters.stored()))
  let start = whole.parameters.stored()
  var items = 20
  for step in 0..<12 {
    if step % 4 == 3 {
      items += [5, 1, 7][step / 4]
      try grown.parameters.grow([.items: items])
    }
    grown.step(step, items: items, portable: portable)
    whole.step(step, items: items, portable: portable)
    #expect(grown.optimizer.gradientNorm == whole.optimizer.gradientNorm, "step \(step)")
  }
  #expect(grown.items.weight.shape == [33, 5])
  #expect(grown.parameters.stored() == whole.parameters.stored())
  #expect(grown.optimizer.state() == whole.optimizer.state())
  // The steps after the last growth named its rows.
  let before = try #require(start["items.weight"]).values
  #expect(try grown.rows(of: "items.weight", 26..<33) != Array(before[26 * 5..<33 * 5]))
}

@Test func `growing keeps every bit that is there and makes only tables of that kind longer`()
  throws
{
  var model = try Model()
  for step in 0..<3 { model.step(step, items: 20) }
  let before = model.parameters.stored()
  let state = model.optimizer.state()
  try model.parameters.grow([.items: 64, .itemCategories(of: "genre"): 9])
  let after = model.parameters.stored()
  #expect(model.items.weight.shape == [64, 5] && model.users.weight.shape == [7, 5])
  #expect(model.parameters.count == 64 * 5 + 7 * 5 + 2 * 5 + 2)
  #expect(try model.rows(of: "items.weight", 0..<20) == before["items.weight"]?.values)
  for name in ["users.weight", "layer.weight", "layer.bias"] {
    #expect(after[name] == before[name], "\(name)")
  }
  let grown = model.optimizer.state()
  let moments = try #require(grown.tensors["items.weight.moments"])
  #expect(moments.shape == [64, 2, 5])
  #expect(Array(moments.values.prefix(200)) == state.tensors["items.weight.moments"]?.values)
  #expect(moments.values.dropFirst(200).allSatisfy { $0 == 0 })
}

@Test func `new rows follow from the seed, the name and their number, in however many steps`()
  throws
{
  let (once, often) = (try Model(), try Model())
  try once.parameters.grow([.items: 40, .users: 40])
  for count in [21, 22, 30, 31, 40] { try often.parameters.grow([.items: count, .users: count]) }
  #expect(once.parameters.stored() == often.parameters.stored())
  let fresh = try once.rows(of: "items.weight", 20..<40)
  #expect(Set(fresh).count == fresh.count)
  #expect(try once.rows(of: "users.weight", 20..<40) != fresh)
  #expect(try once.rows(of: "users.weight", 7..<40).allSatisfy { abs($0) <= 1 })
  let mean = fresh.reduce(0, +) / Float(fresh.count)
  let square = fresh.reduce(0) { $0 + $1 * $1 } / Float(fresh.count)
  #expect(abs(mean) < 0.4 && abs(square - 1) < 0.5)

  let stored = try Model().parameters.stored()
  func grown(seed: UInt64) throws -> [Float] {
    let model = try Model(of: Parameters(stored: stored, seed: seed))
    try model.parameters.grow([.items: 40])
    return try model.rows(of: "items.weight", 20..<40)
  }
  #expect(try grown(seed: 3) == fresh)
  #expect(try grown(seed: 4) != fresh)
}

@Test func `ten thousand rows, one at a time, are copied a few times in all`() throws {
  var model = try Model(items: 1)
  var copies = 0
  var place = model.items.weight.address
  for count in 2...10_000 {
    try model.parameters.grow([.items: count])
    if count % 997 == 0 { model.step(count, items: count) }
    if model.items.weight.address != place { copies += 1 }
    place = model.items.weight.address
  }
  #expect(copies <= 14, "\(copies) copies")
  var whole = try Model(items: 1)
  for count in 2...10_000 where count % 997 == 0 {
    try whole.parameters.grow([.items: count])
    whole.step(count, items: count)
  }
  try whole.parameters.grow([.items: 10_000])
  #expect(model.parameters.stored() == whole.parameters.stored())
}

@Test(arguments: rules)
func `a run that grew is saved and resumed with the same bits, and goes on growing`(
  rule: Optimizer.Rule
) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "torch-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let weights = folder.appending(path: "weights.safetensors")
  let state = folder.appending(path: "optimizer.safetensors")
  func go(_ model: inout Model) throws {
    for step in 5..<10 {
      try model.parameters.grow([.items: 26 + step])
      model.step(step, items: 26 + step)
    }
  }
  var first = try Model(rule)
  for step in 0..<5 { first.step(step, items: 20) }
  // Saved after a growth that no step has seen.
  try first.parameters.grow([.items: 26])
  try SafetensorsFile.write(first.parameters.safetensors(), to: weights)
  try SafetensorsFile.write(first.optimizer.safetensors(), to: state)
  var second = try Model(rule, items: 26)
  try second.parameters.restore([String: StoredTensor](SafetensorsFile(weights)))
  try second.optimizer.restore(Optimizer.State(SafetensorsFile(state)))
  #expect(second.parameters.stored() == first.parameters.stored())
  try go(&first)
  try go(&second)
  #expect(second.parameters.stored() == first.parameters.stored())
  #expect(second.optimizer.state() == first.optimizer.state())
}

@Test func `a loss that is kept does not hinder growth`() throws {
  var model = try Model()
  let kept = model.loss(0, items: 20)
  kept.backward()
  model.optimizer.step()
  try model.parameters.grow([.items: 50])
  model.step(1, items: 50)
  #expect(kept.item().isFinite && model.items.weight.shape == [50, 5])
}

@Test func `growth never writes into rows that another tensor has`() {
  let whole = Tensor((0..<8).map { Float($0) }, shape: [4, 2])
  let part = whole.narrow(0, 0..<2)
  part.grow(to: 3, [70, 71])
  #expect(part.floats() == [0, 1, 2, 3, 70, 71])
  #expect(whole.floats() == (0..<8).map { Float($0) })
  part.grow(to: 5)
  #expect(part.floats() == [0, 1, 2, 3, 70, 71, 0, 0, 0, 0])
}

@Test func `what is spare is no part of a table`() {
  let table = Tensor.ones([3, 2])
  table.grow(to: 4, [5, 6])
  // Room for two more rows is there.
  #expect(table.count == 8 && table.sum().item() == 17)
  table.write([Float](repeating: 2, count: 8))
  table.grow(to: 5)
  #expect(table.floats() == [2, 2, 2, 2, 2, 2, 2, 2, 0, 0])
  let empty = Tensor.zeros([0, 2])
  empty.grow(to: 2, [1, 2, 3, 4])
  #expect(empty.floats() == [1, 2, 3, 4])
}

@Test func `tables grow where they are`() throws {
  let device = Device.cudaCount > 0 ? Device.cuda(0) : .cpu
  var model = try Model(of: Parameters(seed: 3, device: device))
  let other = try Model()
  try model.parameters.grow([.items: 41])
  try other.parameters.grow([.items: 41])
  #expect(model.items.weight.device == device)
  #expect(model.parameters.stored() == other.parameters.stored())
  model.optimizer.step()
}

@Test func `tables that do not fit in memory are refused, and nothing has grown`() throws {
  let model = try Model()
  let before = model.parameters.stored()
  let error = #expect(throws: TorchError.self) {
    try model.parameters.grow([.users: 30, .items: 1 << 45])
  }
  #expect(error?.description.contains("'items.weight' of shape [35184372088832, 5]") == true)
  #expect(model.parameters.stored() == before)
}

@Suite struct `what cannot grow stops the program` {
  @Test func `with a gradient`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try Model()
      model.loss(0, items: 20).backward()
      try model.parameters.grow([.items: 30])
    }
    expectMessage(
      result,
      "grow: parameter 'items.weight' of shape [20, 5] has a gradient: take the step before it grows"
    )
  }

  @Test func `to fewer rows`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      try Model().parameters.grow([.items: 19])
    }
    expectMessage(
      result, "grow: parameter 'items.weight' of shape [20, 5] cannot shrink to 19 rows")
  }

  @Test func `without a seed`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let stored = try Model().parameters.stored()
      try Model(of: Parameters(stored: stored)).parameters.grow([.items: 30])
    }
    expectMessage(
      result, "parameter 'items.weight': stored parameters grow only with a seed")
  }

  @Test func `without rows of its own`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let parameters = Parameters(seed: 1)
      _ = try parameters.build { try $0.parameter("bias", shape: [4], rows: .items) }
      try parameters.grow([.items: 5])
    }
    expectMessage(result, "grow: parameter 'bias' of shape [4] is no table of rows")
  }

  @Test func `as the result of an operation, or with values of another shape`() async {
    let derived = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor.ones([2, 3])
      x.requiresGradient = true
      (x * 2).grow(to: 3)
    }
    expectMessage(derived, "grow to 3 rows: the result of an operation cannot grow")
    let misshapen = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Tensor.ones([2, 3]).grow(to: 3, [1, 2])
    }
    expectMessage(misshapen, "grow: 2 elements are not the new rows of [2, 3] with 3 rows")
  }
}
