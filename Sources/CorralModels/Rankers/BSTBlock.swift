import Torch

/// One block of a transformer over a history, and over any number of candidates that attend to the
/// history and to themselves (Vaswani and others, 2017; post-norm and leaky ReLU as in Chen and
/// others, 2019).
///
/// `y = LayerNorm(x + Attention(x))`, `x' = LayerNorm(y + W2 leaky(W1 y + b1) + b2)`. The keys and
/// values of a history are computed once for all candidates. Parameters: `query`,
/// `key`, `value`, `output`, `inner` and `outer`, each a linear layer, `attention_norm`, `norm`.
struct BSTBlock {
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let inner: Linear
  private let outer: Linear
  private let attentionNorm: LayerNorm
  private let norm: LayerNorm
  private let heads: Int
  private let dropout: Float
  private let stream: UInt64

  init(
    _ dimension: Int, heads: Int, dropout: Float, stream: UInt64, in scope: Parameters.Scope
  ) throws {
    func linear(_ name: String) throws -> Linear {
      try Linear(dimension, dimension, in: scope / name)
    }
    (query, key, value) = (try linear("query"), try linear("key"), try linear("value"))
    (output, inner, outer) = (try linear("output"), try linear("inner"), try linear("outer"))
    attentionNorm = try LayerNorm(dimension, in: scope / "attention_norm")
    norm = try LayerNorm(dimension, in: scope / "norm")
    self.heads = heads
    self.dropout = dropout
    self.stream = stream
  }

  /// The outputs of a history's positions, `[batch, length, dimension]`; each attends to all of
  /// them.
  ///
  /// `isThere`, `[batch, 1, length]`, is true if a position holds an item.
  func history(_ x: Tensor, _ isThere: Tensor, _ phase: Phase) -> Tensor {
    let looked = Tensor.attention(
      split(query(x)), split(key(x)), split(value(x)), mask: isThere.unsqueeze(1))
    return finished(x, joined(looked), phase, stream)
  }

  /// The outputs of candidates, `[batch, candidates, dimension]`; each attends to itself and to the
  /// history as it was before this block.
  func candidates(
    _ x: Tensor, history: Tensor, _ isThere: Tensor, _ phase: Phase
  ) -> Tensor {
    let queries = split(query(x)) * (1 / Float(x.size(2) / heads).squareRoot())
    let toHistory = queries.matmul(transposed: split(key(history)))
      .maskedFill(.!isThere.unsqueeze(1), -.infinity)
    let toSelf = (queries * split(key(x))).sum(3, keep: true)
    let shares = Tensor.cat([toHistory, toSelf], 3).softmax(3)
    let length = history.size(1)
    let looked =
      shares.narrow(3, 0..<length).matmul(split(value(history)))
      + shares.narrow(3, length..<length + 1) * split(value(x))
    return finished(x, joined(looked), phase, stream &+ 4)
  }

  private func finished(
    _ x: Tensor, _ looked: Tensor, _ phase: Phase, _ stream: UInt64
  ) -> Tensor {
    let y = attentionNorm(x + output(looked).dropout(dropout, phase, stream))
    return norm(y + outer(inner(y).leakyReLU()).dropout(dropout, phase, stream &+ 1))
  }

  /// `[batch, length, dimension]` as `[batch, heads, length, dimension / heads]`.
  private func split(_ x: Tensor) -> Tensor {
    x.reshape([x.size(0), x.size(1), heads, x.size(2) / heads]).transpose(1, 2)
  }

  private func joined(_ x: Tensor) -> Tensor {
    x.transpose(1, 2).reshape([x.size(0), x.size(2), heads * x.size(3)])
  }
}
