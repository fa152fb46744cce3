import CTorch

extension Tensor {
  /// The sum of all elements, a tensor without dimensions.
  package func sum() -> Tensor {
    Tensor.made("sum", self) { ct_sum(handle, nil, 0, false, $0) }
  }

  /// The sum along one dimension.
  package func sum(_ dimension: Int, keep: Bool = false) -> Tensor {
    var dimension = dimension
    return Tensor.made("sum", self) { ct_sum(handle, &dimension, 1, keep, $0) }
  }

  /// The mean of all elements, a tensor without dimensions.
  package func mean() -> Tensor {
    Tensor.made("mean", self) { ct_mean(handle, nil, 0, false, $0) }
  }

  /// The mean along one dimension.
  package func mean(_ dimension: Int, keep: Bool = false) -> Tensor {
    var dimension = dimension
    return Tensor.made("mean", self) { ct_mean(handle, &dimension, 1, keep, $0) }
  }

  /// The L2 norm of all elements, a tensor without dimensions.
  package func norm() -> Tensor {
    Tensor.made("norm", self) { ct_norm(handle, nil, 0, false, $0) }
  }

  /// The L2 norm along one dimension.
  package func norm(_ dimension: Int, keep: Bool = false) -> Tensor {
    var dimension = dimension
    return Tensor.made("norm", self) { ct_norm(handle, &dimension, 1, keep, $0) }
  }

  /// The sum along several dimensions.
  package func sum(_ dimensions: [Int], keep: Bool = false) -> Tensor {
    Tensor.made("sum", self) { ct_sum(handle, dimensions, dimensions.count, keep, $0) }
  }

  /// The mean along several dimensions.
  package func mean(_ dimensions: [Int], keep: Bool = false) -> Tensor {
    Tensor.made("mean", self) { ct_mean(handle, dimensions, dimensions.count, keep, $0) }
  }

  /// `log sum exp(x)` along a dimension, without overflow.
  package func logSumExp(_ dimension: Int, keep: Bool = false) -> Tensor {
    Tensor.made("logSumExp", self) { ct_log_sum_exp(handle, dimension, keep, $0) }
  }

  /// `exp(x) / sum exp(x)` along a dimension.
  package func softmax(_ dimension: Int) -> Tensor {
    Tensor.made("softmax", self) { ct_softmax(handle, dimension, $0) }
  }

  /// `x - log sum exp(x)` along a dimension.
  package func logSoftmax(_ dimension: Int) -> Tensor {
    Tensor.made("logSoftmax", self) { ct_log_softmax(handle, dimension, $0) }
  }

  /// The sum of the elements up to each, along a dimension.
  package func cumulativeSum(_ dimension: Int) -> Tensor {
    Tensor.made("cumulativeSum", self) { ct_cumulative_sum(handle, dimension, $0) }
  }

  /// The largest elements along a dimension, and where they are.
  package func max(_ dimension: Int, keep: Bool = false) -> (values: Tensor, indices: Tensor) {
    Tensor.madeTwo("max", self) { ct_max(handle, dimension, keep, $0, $1) }
  }

  /// The smallest elements along a dimension, and where they are.
  package func min(_ dimension: Int, keep: Bool = false) -> (values: Tensor, indices: Tensor) {
    Tensor.madeTwo("min", self) { ct_min(handle, dimension, keep, $0, $1) }
  }

  /// The `k` largest elements along a dimension, falling, and where they are.
  package func topK(
    _ k: Int, _ dimension: Int = -1, largest: Bool = true
  ) -> (values: Tensor, indices: Tensor) {
    Tensor.madeTwo("topK", self) { ct_top_k(handle, k, dimension, largest, $0, $1) }
  }

  /// The elements along a dimension in order, and where they were; equal ones keep their order.
  package func sorted(
    _ dimension: Int = -1, descending: Bool = false
  ) -> (values: Tensor, indices: Tensor) {
    Tensor.madeTwo("sorted", self) { ct_sort(handle, dimension, descending, $0, $1) }
  }
}
