import Torch

/// Turns the embeddings that describe a query or an item into its vector.
///
/// Layers read the embeddings joined end to end, with dropout and ReLU, or another function,
/// between them. A tower without layers is the sum of the embeddings.
struct Tower {
  private let layers: [Linear]
  private let activation: Activation
  private let last: Activation
  private let dropout: Float
  private let stream: UInt64

  /// A tower over embeddings that have `inputs` elements together.
  ///
  /// Towers with different streams drop different elements.
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
