import Torch

/// One block of self-attention, of which only the last position is computed.
///
/// With x the last of the inputs E: `y = norm(x + W attention(Q x, K E, V E))`,
/// `f = norm(y + MLP(y))` (Vaswani and others, 2017). One query a history costs O(length) where the
/// block for all positions costs O(length^2). Parameters: `query`, `key`, `value`, `output` with
/// `.weight` and `.bias`, `norm.0`, `norm.1`, `layers.0`, `layers.1`.
struct SelfAttentionExpert {
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let norms: (LayerNorm, LayerNorm)
  private let layers: (Linear, Linear)
  private let heads: Int
  private let dropout: Float
  private let stream: UInt64

  /// Expert number `number` of a mixture; each drops other elements.
  init(_ settings: MMoESettings, _ number: Int, in scope: Parameters.Scope) throws {
    let (dimension, part) = (settings.dimension, scope / "experts" / number)
    query = try Linear(dimension, dimension, in: part / "query")
    key = try Linear(dimension, dimension, in: part / "key")
    value = try Linear(dimension, dimension, in: part / "value")
    output = try Linear(dimension, dimension, in: part / "output")
    norms = (
      try LayerNorm(dimension, in: part / "norm" / 0),
      try LayerNorm(dimension, in: part / "norm" / 1)
    )
    layers = (
      try Linear(dimension, settings.hidden, in: part / "layers" / 0),
      try Linear(settings.hidden, dimension, in: part / "layers" / 1)
    )
    heads = settings.heads
    dropout = settings.dropout
    stream = UInt64(number + 1) << 32
  }

  /// The output `[batch, dimension]` at the last of the items `[batch, length, dimension]`; the mask,
  /// `[batch, 1, length]`, is true where there is one.
  func callAsFunction(_ items: Tensor, mask: Tensor, _ phase: Phase) -> Tensor {
    let last = items.narrow(1, items.size(1) - 1..<items.size(1))
    let seen = Tensor.attention(
      split(query(last)), split(key(items)), split(value(items)), mask: mask.unsqueeze(1))
    let joined = seen.transpose(1, 2).reshape(last.shape)
    let y = norms.0(last + output(joined).dropout(dropout, phase, stream &+ 1)).squeeze(1)
    let inner = layers.0(y).relu().dropout(dropout, phase, stream &+ 2)
    return norms.1(y + layers.1(inner).dropout(dropout, phase, stream &+ 3))
  }

  /// `[batch, positions, dimension]` as `[batch, heads, positions, dimension / heads]`.
  private func split(_ x: Tensor) -> Tensor {
    x.reshape([x.size(0), x.size(1), heads, x.size(2) / heads]).transpose(1, 2)
  }
}
