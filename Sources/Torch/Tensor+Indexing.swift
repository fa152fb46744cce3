import CTorch

extension Tensor {
  /// The element at `indices[i, ...]` along a dimension, for every position of `indices`.
  package func gather(_ dimension: Int, _ indices: Tensor) -> Tensor {
    Tensor.made("gather", self, indices) { ct_gather(handle, dimension, indices.handle, $0) }
  }

  /// The positions of a dimension that a vector of indices lists, in its order.
  package func indexSelect(_ dimension: Int, _ indices: Tensor) -> Tensor {
    Tensor.made("indexSelect", self, indices) {
      ct_index_select(handle, dimension, indices.handle, $0)
    }
  }

  /// A copy in which position `i` of `source` is added to position `indices[i]` of a dimension.
  package func indexAdd(_ dimension: Int, _ indices: Tensor, _ source: Tensor) -> Tensor {
    Tensor.made("indexAdd", self, indices, source) {
      ct_index_add(handle, dimension, indices.handle, source.handle, $0)
    }
  }

  /// A copy with a number in place of the elements at `indices[i, ...]` along a dimension.
  package func scatter(_ dimension: Int, _ indices: Tensor, _ value: Float) -> Tensor {
    Tensor.made("scatter", self, indices) {
      ct_scatter(handle, dimension, indices.handle, Double(value), $0)
    }
  }

  /// A copy with a number where the mask is true; gradients do not flow back from there.
  package func maskedFill(_ mask: Tensor, _ value: Float) -> Tensor {
    Tensor.made("maskedFill", self, mask) {
      ct_masked_fill(handle, mask.handle, Double(value), $0)
    }
  }

  /// Elements of `x` where the condition, this tensor, is true, and of `y` elsewhere.
  package func choose(_ x: Tensor, else y: Tensor) -> Tensor {
    Tensor.made("choose", self, x, y) { ct_where(handle, x.handle, y.handle, $0) }
  }

  /// A mask `[size, size]`, true where the column is not after the row.
  package static func causalMask(_ size: Int, device: Device = .cpu) -> Tensor {
    made("causalMask") { ct_causal_mask(size, device.ctDevice, $0) }
  }
}
