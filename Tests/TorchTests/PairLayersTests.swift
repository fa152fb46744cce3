import Testing
import Torch

@Suite struct `layers over pairs` {
  /// Five queries with three items before them and two candidates each, and layers of some widths.
  private struct Case {
    let inputs: [Tensor]
    let weight: Tensor
    let layers: [Linear]

    init(_ widths: [Int]) throws {
      let first = widths[0]
      inputs = [[5, 3, 4], [5, 2, 4], [5, 3, first], [5, 2, first]].enumerated().map {
        Tensor.normal($1, seed: UInt64($0))
      }
      weight = .normal([first, 4], seed: 9)
      for tensor in inputs + [weight] { tensor.requiresGradient = true }
      layers = try Parameters(seed: 2).build { scope in
        try zip(widths, widths.dropFirst()).enumerated().map {
          try Linear($1.0, $1.1, in: scope / $0)
        }
      }
    }

    var trained: [Tensor] {
      inputs + [weight] + layers.flatMap { [$0.weight] + ($0.bias.map { [$0] } ?? []) }
    }

    func atOnce(_ pairs: Int) -> Tensor {
      .pairLayers(
        history: inputs[0], candidates: inputs[1], ofHistory: inputs[2], ofCandidates: inputs[3],
        weight: weight, layers: layers, pairsAtOnce: pairs)
    }

    /// The same by operations over all pairs.
    var plain: Tensor {
      let products = inputs[1].unsqueeze(2) * inputs[0].unsqueeze(1)
      let first = products.linear(weight) + inputs[2].unsqueeze(1) + inputs[3].unsqueeze(2)
      return layers.reduce(first) { $1($0.sigmoid()) }
    }

    func gradients(of out: Tensor) throws -> [Tensor] {
      for tensor in trained { tensor.clearGradient() }
      (out * Tensor.normal(out.shape, seed: 7)).sum().backward()
      return try trained.map { try #require($0.gradient).dense() }
    }
  }

  /// One query at a time, two with a rest of one, all at once; without further layers, with one, with two.
  @Test(arguments: [1, 12, 1000], [[1], [3, 1], [6, 3, 2]])
  func `equal the same layers over all pairs, and so do their gradients`(
    pairsAtOnce: Int, widths: [Int]
  ) throws {
    let layers = try Case(widths)
    expectClose(layers.atOnce(pairsAtOnce), layers.plain)
    let found = try layers.gradients(of: layers.atOnce(pairsAtOnce))
    let expected = try layers.gradients(of: layers.plain)
    for (place, pair) in zip(found, expected).enumerated() {
      expectClose(pair.0, pair.1, "gradient \(place)")
    }
  }

  @Test(arguments: [1, 12, 1000])
  func `are the same where nothing is to be learned`(pairsAtOnce: Int) throws {
    let layers = try Case([6, 3, 2])
    let inference = withoutGradients { layers.atOnce(pairsAtOnce) }
    #expect(!inference.requiresGradient)
    #expect(inference.floats() == layers.atOnce(pairsAtOnce).floats())
  }

  @Test func `of no queries are nothing`() throws {
    let layers = try Case([3, 1])
    let none = layers.inputs.map { $0.narrow(0, 0..<0) }
    let out = Tensor.pairLayers(
      history: none[0], candidates: none[1], ofHistory: none[2], ofCandidates: none[3],
      weight: layers.weight, layers: layers.layers)
    #expect(out.shape == [0, 2, 3, 1])
  }

  @Test func `of candidates of another width stop the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.pairLayers(
        history: .zeros([1, 2, 4]), candidates: .zeros([1, 2, 3]), ofHistory: .zeros([1, 2, 1]),
        ofCandidates: .zeros([1, 2, 1]), weight: .zeros([1, 4]), layers: [])
    }
    expectMessage(
      result,
      "pairLayers: a history [queries, length, d] and candidates [queries, n, d] are needed")
  }
}
