import CorralVectors

/// Transformer blocks over sequences that lie one after the other (Vaswani and others, 2017).
///
/// Only attention looks from one position to another. Everything else acts on `[positions, d]`, in which
/// no position is padding.
package struct Transformer {
  /// The blocks, first to last.
  package let blocks: [Block]
  /// Scales the output of the last block, if norms come first.
  package let norm: LayerNorm?

  /// The shape of the blocks.
  package struct Shape: Sendable, Equatable {
    /// The number of elements of a position.
    package var dimension: Int
    /// The number of blocks.
    package var layers: Int
    /// The number of heads: equal parts of a position, each with its own attention.
    package var heads: Int
    /// The width of the layer between the two linear ones.
    package var feedForward: Int
    /// The activation after the first of them.
    package var activation: Activation
    /// The share of elements that training drops.
    package var dropout: Float
    /// Where the norms are.
    package var placement: NormPlacement

    /// A shape with all its numbers.
    package init(
      dimension: Int, layers: Int, heads: Int, feedForward: Int, activation: Activation = .relu,
      dropout: Float = 0, placement: NormPlacement = .pre
    ) {
      self.dimension = dimension
      self.layers = layers
      self.heads = heads
      self.feedForward = feedForward
      self.activation = activation
      self.dropout = dropout
      self.placement = placement
    }
  }

  /// Blocks claimed as `0`, `1`...; and `norm`, if norms come first.
  ///
  /// - Throws: `TorchError` when the stored parameters do not fit.
  package init(_ shape: Shape, in scope: Parameters.Scope) throws {
    blocks = try (0..<shape.layers).map { try Block(shape, in: scope / $0) }
    norm = shape.placement == .pre ? try LayerNorm(shape.dimension, in: scope / "norm") : nil
  }

  /// The output of the last block.
  ///
  /// - Parameters:
  ///   - x: the positions of all sequences, `[positions, d]`.
  ///   - offsets: sequence `i` holds the positions `offsets[i]..<offsets[i + 1]`.
  ///   - causal: whether a position sees no later ones.
  ///   - seed: decides what is dropped; `nil` outside training.
  /// - Returns: `[positions, d]`.
  package func callAsFunction(
    _ x: Tensor, offsets: [Int], causal: Bool, dropout seed: UInt64? = nil
  ) -> Tensor {
    var x = x
    for (position, block) in blocks.enumerated() {
      let seed = seed.map { mixed($0, stream: UInt64(position)) }
      x = block(x, offsets: offsets, causal: causal, dropout: seed)
    }
    return norm?(x) ?? x
  }
}

/// Where a transformer block scales its vectors.
public enum NormPlacement: String, Sendable, Codable, CaseIterable {
  /// Before each part, whose output is added to what came in: `x + f(norm(x))`.
  case pre
  /// After each part and its addition: `norm(x + f(x))`, as in the paper.
  case post
}

extension Transformer {
  /// Attention, then two linear layers at each position; both are added to what came in.
  package struct Block {
    /// The layer that looks from one position to others.
    package let attention: SelfAttention
    /// The norm of the attention.
    package let attentionNorm: LayerNorm
    /// From `d` to the inner width.
    package let inner: Linear
    /// From the inner width to `d`.
    package let outer: Linear
    /// The norm of the two linear layers.
    package let forwardNorm: LayerNorm
    private let shape: Shape

    /// A block claimed as `attention`, `attention_norm`, `inner`, `outer` and `forward_norm`.
    init(_ shape: Shape, in scope: Parameters.Scope) throws {
      let dimension = shape.dimension
      attention = try SelfAttention(dimension, heads: shape.heads, in: scope / "attention")
      attentionNorm = try LayerNorm(dimension, in: scope / "attention_norm")
      inner = try Linear(dimension, shape.feedForward, in: scope / "inner")
      outer = try Linear(shape.feedForward, dimension, in: scope / "outer")
      forwardNorm = try LayerNorm(dimension, in: scope / "forward_norm")
      self.shape = shape
    }

    /// The block's output, of the shape of its input.
    package func callAsFunction(
      _ x: Tensor, offsets: [Int], causal: Bool, dropout seed: UInt64? = nil
    ) -> Tensor {
      func dropped(_ x: Tensor, _ stream: UInt64) -> Tensor {
        seed.map { x.dropout(shape.dropout, seed: mixed($0, stream: stream)) } ?? x
      }
      func attended(_ x: Tensor) -> Tensor {
        dropped(attention(x, offsets: offsets, causal: causal), 0)
      }
      func forwarded(_ x: Tensor) -> Tensor {
        dropped(outer(dropped(shape.activation(inner(x)), 1)), 2)
      }
      switch shape.placement {
      case .pre:
        let x = x + attended(attentionNorm(x))
        return x + forwarded(forwardNorm(x))
      case .post:
        let x = attentionNorm(x + attended(x))
        return forwardNorm(x + forwarded(x))
      }
    }
  }
}
