import CTorch

extension Tensor {
  /// The matrix product; further dimensions in front are batches and broadcast.
  package func matmul(_ other: Tensor) -> Tensor {
    Tensor.made("matmul", self, other) { ct_matmul(handle, other.handle, $0) }
  }

  /// The product with the transpose: `[m, d]` and `[n, d]` give all dot products `[m, n]`.
  package func matmul(transposed other: Tensor) -> Tensor {
    Tensor.made("matmul(transposed:)", self, other) {
      ct_matmul_transposed(handle, other.handle, $0)
    }
  }

  /// `x W^T + b`: `[..., in]`, weight `[out, in]` and bias `[out]` give `[..., out]`.
  package func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    Tensor.made("linear", self, weight, bias) {
      ct_linear(handle, weight.handle, bias?.handle, $0)
    }
  }

  /// Rows of this table `[rows, dimension]`: indices of any shape give `[..., dimension]`.
  ///
  /// With `.rows` the gradient names the rows that were looked up and no others.
  package func rows(_ indices: Tensor, gradient: GradientLayout = .rows) -> Tensor {
    Tensor.made("rows", self, indices) {
      ct_embedding(handle, indices.handle, gradient == .rows, $0)
    }
  }

  /// Sums or means of this table's rows, `[bags, dimension]`; an empty bag gives zeros.
  ///
  /// Bag `i` adds the rows `indices[offsets[i]..<offsets[i + 1]]`, each times its weight. Weights
  /// go with sums only.
  package func bags(
    _ indices: Tensor, offsets: Tensor, weights: Tensor? = nil, reduction: BagReduction,
    gradient: GradientLayout = .rows
  ) -> Tensor {
    Tensor.made("bags", self, indices, offsets) {
      ct_embedding_bag(
        handle, indices.handle, offsets.handle, weights?.handle, reduction == .mean,
        gradient == .rows, $0)
    }
  }

  /// `x / |x|` along a dimension; a vector shorter than epsilon is divided by epsilon.
  package func normalized(_ dimension: Int = -1, epsilon: Float = 1e-12) -> Tensor {
    Tensor.made("normalized", self) { ct_l2_normalized(handle, dimension, Double(epsilon), $0) }
  }

  /// `(x - mean) / sqrt(variance + epsilon) * weight + bias` over the last dimension.
  package func layerNorm(_ weight: Tensor?, _ bias: Tensor?, epsilon: Float = 1e-5) -> Tensor {
    Tensor.made("layerNorm", self, weight, bias) {
      ct_layer_norm(handle, weight?.handle, bias?.handle, Double(epsilon), $0)
    }
  }

  /// Zeroes a share of the elements at random and scales the others by `1 / (1 - share)`.
  ///
  /// The seed and an element's place alone decide, so that a run can be repeated and resumed.
  package func dropout(_ share: Float, seed: UInt64) -> Tensor {
    guard share > 0 else { return self }
    return Tensor.made("dropout", self) { ct_dropout(handle, Double(share), seed, $0) }
  }

  /// `softmax(q k^T / sqrt(d)) v` with queries `[..., m, d]`, keys `[..., n, d]`, values `[..., n, e]`.
  ///
  /// A mask is true where a query may look at a key, or it is a number to add to each logit. `causal`
  /// lets position `i` look at `0...i`, and excludes a mask. A query that may look at no key gets zeros.
  package static func attention(
    _ queries: Tensor, _ keys: Tensor, _ values: Tensor, mask: Tensor? = nil, causal: Bool = false,
    dropout: Float = 0
  ) -> Tensor {
    made("attention", queries, keys, values) {
      ct_attention(
        queries.handle, keys.handle, values.handle, mask?.handle, causal, Double(dropout), $0)
    }
  }

  /// `-log softmax(x)[target]`: logits `[rows, classes]` and targets `[rows]`.
  ///
  /// The mean over the rows, or with `.none` the loss of each row.
  package func crossEntropy(_ targets: Tensor, reduction: LossReduction = .mean) -> Tensor {
    Tensor.made("crossEntropy", self, targets) {
      ct_cross_entropy(handle, targets.handle, reduction == .mean, $0)
    }
  }

  /// `-y log sigmoid(x) - (1 - y) log sigmoid(-x)` of logits `x` and targets `y` of one shape.
  package func binaryCrossEntropy(_ targets: Tensor, reduction: LossReduction = .mean) -> Tensor {
    Tensor.made("binaryCrossEntropy", self, targets) {
      ct_binary_cross_entropy(handle, targets.handle, reduction == .mean, $0)
    }
  }
}

/// How a bag of rows becomes one vector.
package enum BagReduction: String, Sendable, Codable {
  /// The (weighted) sum.
  case sum
  /// The mean.
  case mean
}

/// How the losses of rows are combined.
package enum LossReduction: Sendable {
  /// They are not: the result has one number for each row.
  case none
  /// Their mean.
  case mean
}
