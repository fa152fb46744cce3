import Testing
import Torch

/// Two parts, as a model has them.
private struct TwoParts {
  let items: Embedding
  let tower: MLP

  init(items count: Int = 5, in scope: Parameters.Scope) throws {
    items = try Embedding(count, 4, rows: .items, in: scope / "items")
    tower = try MLP([4, 3, 2], in: scope / "tower")
  }
}

private func stored() throws -> [String: StoredTensor] {
  let parameters = Parameters(seed: 7)
  _ = try parameters.build { try TwoParts(in: $0) }
  return parameters.stored()
}

@Test func `parameters have dotted names in the order of their declaration`() throws {
  let parameters = Parameters(seed: 7)
  let model = try parameters.build { try TwoParts(in: $0) }
  #expect(
    parameters.all.map(\.name) == [
      "items.weight", "tower.0.weight", "tower.0.bias", "tower.1.weight", "tower.1.bias",
    ])
  #expect(parameters.all.map(\.layout) == [.rows, .dense, .dense, .dense, .dense])
  #expect(parameters.count == 5 * 4 + 4 * 3 + 3 + 3 * 2 + 2)
  #expect(parameters.all.allSatisfy { $0.tensor.requiresGradient })
  #expect(model.tower.layers.count == 2)
}

@Test func `the seed and the name decide a parameter's first values`() throws {
  let first = try stored()
  #expect(try stored() == first)
  let other = Parameters(seed: 8)
  _ = try other.build { try TwoParts(in: $0) }
  #expect(other.stored()["items.weight"] != first["items.weight"])
  // Another part in front changes nothing.
  let more = Parameters(seed: 7)
  _ = try more.build { scope in
    _ = try Linear(3, 3, in: scope / "before")
    return try TwoParts(in: scope)
  }
  for (name, tensor) in first { #expect(more.stored()[name] == tensor, "\(name)") }
}

@Test func `stored parameters are handed out bit for bit`() throws {
  let first = try stored()
  let parameters = Parameters(stored: first)
  _ = try parameters.build { try TwoParts(in: $0) }
  #expect(parameters.stored() == first)
}

@Test func `a missing parameter is named`() throws {
  var tensors = try stored()
  tensors["tower.1.bias"] = nil
  let error = #expect(throws: TorchError.self) {
    try Parameters(stored: tensors).build { try TwoParts(in: $0) }
  }
  #expect(
    error?.description == "parameter 'tower.1.bias' is missing from the stored weights: "
      + "they were saved by a model with other settings")
}

@Test func `unexpected parameters are named`() throws {
  var tensors = try stored()
  tensors["users.weight"] = StoredTensor(shape: [1], values: [0])
  tensors["extra"] = StoredTensor(shape: [1], values: [0])
  let error = #expect(throws: TorchError.self) {
    try Parameters(stored: tensors).build { try TwoParts(in: $0) }
  }
  #expect(
    error?.description == "the stored weights hold 'extra', 'users.weight', which this model does "
      + "not have: they were saved by a model with other settings")
}

@Test func `a parameter of another shape is named with both shapes`() throws {
  let tensors = try stored()
  let error = #expect(throws: TorchError.self) {
    try Parameters(stored: tensors).build { try TwoParts(items: 6, in: $0) }
  }
  #expect(
    error?.description == "parameter 'items.weight' has shape [6, 4] in this model and [5, 4] in "
      + "the stored weights: they were saved by a model with other settings")
}

@Test func `restoring changes all parameters or none`() throws {
  let first = try stored()
  let parameters = Parameters(seed: 9)
  let model = try parameters.build { try TwoParts(in: $0) }
  let before = parameters.stored()
  var damaged = first
  damaged["tower.1.bias"] = nil
  #expect(throws: TorchError.missingParameter("tower.1.bias")) {
    try parameters.restore(damaged)
  }
  #expect(parameters.stored() == before)
  try parameters.restore(first)
  #expect(parameters.stored() == first)
  #expect(model.items.weight.requiresGradient)
}

@Test func `a name claimed twice stops the program`() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    _ = try Parameters(seed: 1).build { scope in
      (try Linear(2, 2, in: scope / "a"), try Linear(2, 2, in: scope / "a"))
    }
  }
  expectMessage(result, "parameter 'a.weight' is claimed twice")
}

@Test func `initialisers have the spread that they name`() throws {
  func values(_ initializer: Initializer) throws -> [Float] {
    let parameters = Parameters(seed: 2)
    return try parameters.build {
      try $0.parameter("w", shape: [300, 200], initializer: initializer)
    }.floats()
  }
  func deviation(_ values: [Float]) -> Float {
    (values.reduce(0) { $0 + $1 * $1 } / Float(values.count)).squareRoot()
  }
  #expect(try values(.zeros).allSatisfy { $0 == 0 })
  #expect(try values(.ones).allSatisfy { $0 == 1 })
  #expect(abs(deviation(try values(.normal(deviation: 0.5))) - 0.5) < 0.01)
  let uniform = try values(.uniform(bound: 0.3))
  #expect(uniform.allSatisfy { abs($0) <= 0.3 })
  #expect(abs(deviation(uniform) - 0.3 / Float(3).squareRoot()) < 0.005)
  for initializer in [Initializer.xavierNormal, .xavierUniform] {
    let values = try values(initializer)
    #expect(abs(deviation(values) - Float(2.0 / 500).squareRoot()) < 0.002, "\(initializer)")
    #expect(abs(values.reduce(0, +) / Float(values.count)) < 0.002, "\(initializer)")
  }
}
