import Testing
import Torch

private let unary: [(String, @Sendable (Tensor) -> Tensor)] = [
  ("relu", { $0.relu() }), ("gelu", { $0.gelu() }), ("silu", { $0.silu() }),
  ("tanh", { $0.tanh() }), ("sigmoid", { $0.sigmoid() }), ("softplus", { $0.softplus() }),
  ("logSigmoid", { $0.logSigmoid() }), ("exp", { $0.exp() }), ("absolute", { $0.absolute() }),
  ("sin", { $0.sin() }), ("cos", { $0.cos() }), ("negate", { -$0 }),
  ("clamped", { $0.clamped(to: -0.5...0.5) }), ("softmax", { $0.softmax(-1) }),
  ("logSoftmax", { $0.logSoftmax(-1) }), ("logSumExp", { $0.logSumExp(-1) }),
  ("sum", { $0.sum(0) }), ("mean", { $0.mean(-1) }), ("norm", { $0.norm(-1) }),
  ("cumulativeSum", { $0.cumulativeSum(-1) }), ("max", { $0.max(-1).values }),
  ("min", { $0.min(-1).values }), ("normalized", { $0.normalized() }),
  ("topK", { $0.topK(2).values }), ("log", { $0.log() }), ("log1p", { $0.log1p() }),
  ("sqrt", { $0.sqrt() }), ("rsqrt", { $0.rsqrt() }), ("power", { $0.power(1.7) }),
]

private let binary: [(String, @Sendable (Tensor, Tensor) -> Tensor)] = [
  ("add", { $0 + $1 }), ("subtract", { $0 - $1 }), ("multiply", { $0 * $1 }),
  ("divide", { $0 / $1 }), ("maximum", { maximum($0, $1) }), ("minimum", { minimum($0, $1) }),
]

@Test func `functions of elements and reductions equal PyTorch's`() throws {
  let golden = try Golden("elementwise")
  for (name, function) in unary {
    try golden.check(name, ["x"]) { function($0[0]) }
  }
  for (name, function) in binary {
    try golden.check(name, ["x", "y"]) { function($0[0], $0[1]) }
  }
}

@Test func `products and indexing equal PyTorch's`() throws {
  let golden = try Golden("layers")
  try golden.check("linear", ["input", "weight", "bias"]) { $0[0].linear($0[1], $0[2]) }
  try golden.check("matmul", ["x", "y"]) { $0[0].matmul($0[1]) }
  try golden.check("matmulTransposed", ["x", "y"]) { $0[0].matmul(transposed: $0[1]) }
  try golden.check("gather", ["x", "ids"]) { $0[0].gather(1, $0[1]) }
  try golden.check("indexSelect", ["x", "ids"]) { $0[0].indexSelect(0, $0[1]) }
  try golden.check("indexAdd", ["x", "ids", "y"]) { $0[0].indexAdd(0, $0[1], $0[2]) }
  try golden.check("maskedFill", ["x", "mask"]) { $0[0].maskedFill($0[1], -3) }
  try golden.check("choose", ["mask", "x", "y"]) { $0[0].choose($0[1], else: $0[2]) }
}

@Test(arguments: [GradientLayout.rows, .dense])
func `rows and bags of rows equal PyTorch's`(layout: GradientLayout) throws {
  let golden = try Golden("layers")
  try golden.check("embedding", ["weight", "ids"]) { $0[0].rows($0[1], gradient: layout) }
  for reduction in [BagReduction.sum, .mean] {
    try golden.check("bags.\(reduction)", ["weight", "ids", "offsets"]) {
      $0[0].bags($0[1], offsets: $0[2], reduction: reduction, gradient: layout)
    }
  }
  try golden.check("bags.weighted", ["weight", "ids", "offsets", "weights"]) {
    $0[0].bags($0[1], offsets: $0[2], weights: $0[3], reduction: .sum, gradient: layout)
  }
}

@Test func `layer norm and attention equal PyTorch's`() throws {
  let golden = try Golden("layers")
  try golden.check("layerNorm", ["x", "weight", "bias"]) { $0[0].layerNorm($0[1], $0[2]) }
  try golden.check("attention.plain", ["query", "key", "value"]) {
    Tensor.attention($0[0], $0[1], $0[2])
  }
  try golden.check("attention.causal", ["query", "key", "value"]) {
    Tensor.attention($0[0], $0[1], $0[2], causal: true)
  }
  try golden.check("attention.masked", ["query", "key", "value", "mask"]) {
    Tensor.attention($0[0], $0[1], $0[2], mask: $0[3])
  }
}

@Test(arguments: Activation.allCases.filter { $0 != .identity })
func `layers built from stored parameters equal PyTorch's`(activation: Activation) throws {
  let golden = try Golden("layers")
  try golden.check("mlp.\(activation)", ["x", "w0", "b0", "w1", "b1"]) { inputs in
    let names = ["0.weight", "0.bias", "1.weight", "1.bias"]
    let stored = zip(names, inputs.dropFirst()).map { ($0, StoredTensor($1)) }
    let parameters = Parameters(stored: Dictionary(uniqueKeysWithValues: stored))
    let mlp = try? parameters.build { try MLP([3, 5, 2], activation: activation, in: $0) }
    let x = inputs[0]
    // The layer's own parameters are copies: the values come from them, the gradients must too.
    let y = x.linear(inputs[1], inputs[2])
    let twin = activation(y).linear(inputs[3], inputs[4])
    if let mlp { expectClose(mlp(x), twin, "MLP", tolerance: 0) }
    #expect(mlp != nil)
    return twin
  }
}

@Test func `losses equal PyTorch's`() throws {
  let golden = try Golden("losses")
  for (name, reduction) in [("none", LossReduction.none), ("mean", .mean)] {
    try golden.check("crossEntropy.\(name)", ["x", "targets"]) {
      $0[0].crossEntropy($0[1], reduction: reduction)
    }
    try golden.check("binaryCrossEntropy.\(name)", ["x", "labels"]) {
      $0[0].binaryCrossEntropy($0[1], reduction: reduction)
    }
  }
  try golden.check("inBatch", ["users", "items"]) {
    let logits = $0[0].normalized().matmul(transposed: $0[1].normalized()) / 0.07
    return logits.crossEntropy(Tensor.range(0..<4))
  }
}
