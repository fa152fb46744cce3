import Torch

/// One block of self-attention, computed at the last position only.
///
/// Let x be the last of the inputs E: `y = norm(x + W attention(Q x, K E, V E))`,
/// `f = norm(y + MLP(y))` (Vaswani and others, 2017). As one position attends, its query is
/// projected instead of all keys and values: `<Q x, K e> = <K' Q x, e>` and
/// `sum a V e = V sum a e`. So only the attention itself is as long as the history. Keys have no
/// bias, which would change nothing, and values have none besides the output's. Parameters:
/// `query`, `output` with `.weight` and `.bias`, `key.weight`, `value.weight`, `norm.0`, `norm.1`,
/// `layers.0`, `layers.1`.
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

  /// Expert number `number` of a mixture.
  ///
  /// Dropout is different in each.
  init(_ settings: MMoESettings, _ number: Int, in scope: Parameters.Scope) throws {
    let (dimension, part) = (settings.dimension, scope / "experts" / number)
    query = try Linear(dimension, dimension, in: part / "query")
    key = try Linear(dimension, dimension, bias: false, in: part / "key")
    value = try Linear(dimension, dimension, bias: false, in: part / "value")
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

  /// The projected query of each head, `[batch, heads, dimension]`: its inner products with items,
  /// divided by the root of the dimension, are the logits of the attention.
  func looking(from last: Tensor) -> Tensor {
    let (dimension, width) = (last.size(1), last.size(1) / heads)
    let parts = query(last).reshape([last.size(0), heads, width]).transpose(0, 1)
    let folded = parts.matmul(key.weight.reshape([heads, width, dimension]))
    // Attention divides by the root of the dimension, not of a head's part of it.
    return folded.transpose(0, 1) * Float(heads).squareRoot()
  }

  /// The output at the last items, `[batch, dimension]`, from each head's mean of the items,
  /// `[batch, heads, dimension]`.
  func callAsFunction(_ last: Tensor, seen: Tensor, _ phase: Phase) -> Tensor {
    let (dimension, width) = (last.size(1), last.size(1) / heads)
    let values = seen.transpose(0, 1)
      .matmul(value.weight.reshape([heads, width, dimension]).transpose(1, 2))
    let joined = values.transpose(0, 1).reshape([last.size(0), dimension])
    let y = norms.0(last + output(joined).dropout(dropout, phase, stream &+ 1))
    let inner = layers.0(y).relu().dropout(dropout, phase, stream &+ 2)
    return norms.1(y + layers.1(inner).dropout(dropout, phase, stream &+ 3))
  }
}
