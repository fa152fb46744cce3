import Torch

/// What turns the embeddings that describe a query or an item into its vector.
///
/// With layers: they are over the embeddings joined end to end, dropout between them; ReLU between them
/// and nothing after the last, unless other functions are given. Without: the sum of the embeddings.
struct Tower {
  private let layers: [Linear]
  private let activation: Activation
  private let last: Activation
  private let dropout: Float
  private let stream: UInt64

  /// A tower over embeddings with `inputs` elements together; towers of different streams drop
  /// different elements.
  init(
    _ widths: [Int], over inputs: Int, activation: Activation = .relu,
    last: Activation = .identity, dropout: Float, stream: UInt64, in scope: Parameters.Scope
  ) throws {
    layers = widths.isEmpty ? [] : try MLP([inputs] + widths, in: scope).layers
    self.activation = activation
    self.last = last
    self.dropout = dropout
    self.stream = stream
  }

  /// The vectors, `[rows, width of the last layer]`.
  func callAsFunction(_ embeddings: [Tensor], _ phase: Phase) -> Tensor {
    guard !layers.isEmpty else { return embeddings.dropFirst().reduce(embeddings[0], +) }
    var x = Tensor.cat(embeddings, 1)
    for (position, layer) in layers.enumerated() {
      if position > 0 {
        x = activation(x).dropout(dropout, phase, stream &<< 32 &+ UInt64(position))
      }
      x = layer(x)
    }
    return last(x)
  }
}
