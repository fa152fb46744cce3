import Testing
import Torch

/// The sequences of `Scripts/golden.py`: one is empty, one has a single position.
private let offsets = [0, 3, 3, 4, 9]

extension Golden {
  /// Makes a layer of a case's parameters, runs it, and compares the output and the gradients of its
  /// input and of every parameter with PyTorch's.
  fileprivate func checkLayer<Layer>(
    _ name: String, _ make: (Parameters.Scope) throws -> Layer, _ run: (Layer, Tensor) -> Tensor
  ) throws {
    let prefix = "\(name)/parameter/"
    let stored = try names.filter { $0.hasPrefix(prefix) }.map {
      (String($0.dropFirst(prefix.count)), StoredTensor(try self[$0]))
    }
    let parameters = Parameters(stored: Dictionary(uniqueKeysWithValues: stored))
    let layer = try parameters.build(make)
    let x = try self["\(name)/x"]
    x.requiresGradient = true
    let out = run(layer, x)
    expectClose(out, try self["\(name)/out"], "\(name): output")
    (out * (try self["\(name)/seed"])).sum().backward()
    for (what, tensor, expected) in [("x", x, "\(name)/x.grad")]
      + parameters.all.map({ ($0.name, $0.tensor, "\(name)/gradient/\($0.name)") })
    {
      let gradient = try #require(tensor.gradient, "\(name): no gradient of \(what)")
      expectClose(gradient, try self[expected], "\(name): gradient of \(what)")
    }
  }
}

@Suite struct `layers over sequences of different lengths` {
  @Test(arguments: NormPlacement.allCases)
  func `a transformer equals PyTorch's, sequence by sequence`(placement: NormPlacement) throws {
    let shape = Transformer.Shape(
      dimension: 4, layers: 2, heads: 2, feedForward: 6,
      activation: placement == .pre ? .relu : .gelu, placement: placement)
    try Golden("sequences").checkLayer("transformer.\(placement)") {
      try Transformer(shape, in: $0)
    } _: {
      $0($1, offsets: offsets, causal: placement == .pre)
    }
  }

  @Test func `gated recurrent layers equal PyTorch's, sequence by sequence`() throws {
    try Golden("sequences").checkLayer("gru") {
      try GRU(4, hidden: 3, layers: 2, in: $0)
    } _: {
      $0($1, offsets: offsets)
    }
  }

  @Test(arguments: [true, false])
  func `attention by loops is attention by padding`(causal: Bool) throws {
    var found: [(Tensor, Tensor)] = []
    for portable in [false, true] {
      let x = Tensor.normal([9, 24], seed: 5)
      x.requiresGradient = true
      let out = x.attention(heads: 2, offsets: offsets, causal: causal, portable: portable)
      (out * Tensor.normal([9, 8], seed: 6)).sum().backward()
      found.append((out, try #require(x.gradient)))
    }
    expectClose(found[0].0, found[1].0, "output")
    expectClose(found[0].1, found[1].1, "gradient")
  }

  @Test func `a causal position sees nothing of what comes after it`() {
    let long = Tensor.normal([5, 24], seed: 1)
    let whole = long.attention(heads: 2, offsets: [0, 5], causal: true)
    let start = long[0..<3].attention(heads: 2, offsets: [0, 3], causal: true)
    expectClose(whole[0..<3], start)
  }

  @Test func `no positions give no positions`() throws {
    let parameters = Parameters(seed: 1)
    let gru = try parameters.build { try GRU(4, hidden: 3, in: $0) }
    #expect(gru(Tensor.zeros([0, 4]), offsets: [0, 0]).shape == [0, 3])
    let attended = Tensor.zeros([0, 12]).attention(heads: 1, offsets: [0, 0, 0], causal: true)
    #expect(attended.shape == [0, 4])
  }

  @Test func `offsets that do not cover the positions stop the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([4, 6]).attention(heads: 1, offsets: [0, 3], causal: true)
    }
    expectMessage(result, "attention: offsets run, never falling, from 0 to the 4 positions")
  }

  @Test func `heads that do not divide the dimension stop the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Parameters(seed: 1).build { try SelfAttention(6, heads: 4, in: $0) }
    }
    expectMessage(result, "SelfAttention: 4 heads do not divide the dimension 6")
  }
}

@Suite struct `dropout by seed` {
  @Test func `the seed alone decides, the share is kept and the mean stays`() {
    let x = Tensor.ones([1000, 17])
    let dropped = x.dropout(0.3, seed: 4)
    #expect(dropped.floats() == x.dropout(0.3, seed: 4).floats())
    #expect(dropped.floats() != x.dropout(0.3, seed: 5).floats())
    let zeros = Float(dropped.floats().count { $0 == 0 }) / 17000
    #expect(abs(zeros - 0.3) < 0.015)
    #expect(abs(dropped.mean().item() - 1) < 0.02)
    #expect(x.dropout(0, seed: 4).floats() == x.floats())
  }

  @Test func `gradients are dropped where values are`() throws {
    let x = Tensor.ones([50])
    x.requiresGradient = true
    let dropped = x.dropout(0.5, seed: 9)
    dropped.sum().backward()
    #expect(try #require(x.gradient).floats() == dropped.floats())
  }
}
