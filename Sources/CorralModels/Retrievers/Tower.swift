import Torch

/// What turns the embeddings that describe a query or an item into its vector.
///
/// With layers: ReLU layers over the embeddings joined end to end, dropout between them, the last one
/// linear. Without: the sum of the embeddings.
struct Tower {
  private let layers: [Linear]
  private let dropout: Float
  private let stream: UInt64

  /// A tower over `inputs` embeddings; towers of different streams drop different elements.
  init(
    _ widths: [Int], over inputs: Int, _ settings: RetrieverSettings, stream: UInt64,
    in scope: Parameters.Scope
  ) throws {
    layers =
      widths.isEmpty
      ? [] : try MLP([inputs * settings.dimension] + widths, in: scope).layers
    dropout = settings.dropout
    self.stream = stream
  }

  /// The vectors, `[rows, width of the last layer]`.
  func callAsFunction(_ embeddings: [Tensor], _ phase: Phase) -> Tensor {
    guard !layers.isEmpty else { return embeddings.dropFirst().reduce(embeddings[0], +) }
    var x = Tensor.cat(embeddings, 1)
    for (position, layer) in layers.enumerated() {
      if position > 0 { x = x.relu().dropout(dropout, phase, stream &<< 32 &+ UInt64(position)) }
      x = layer(x)
    }
    return x
  }
}

extension Tensor {
  /// Zeroes elements at random in training and scales the others by `1 / (1 - share)`.
  ///
  /// The seed alone decides which, so that nothing else that draws numbers changes a run.
  fileprivate func dropout(_ share: Float, _ phase: Phase, _ stream: UInt64) -> Tensor {
    guard case .training(let seed) = phase, share > 0 else { return self }
    let drawn = Tensor.uniform(shape, in: 0..<1, seed: seed &+ stream).to(device)
    return self * ((drawn .> share).to(.float32) * (1 / (1 - share)))
  }
}
