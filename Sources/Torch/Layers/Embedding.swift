/// A table of vectors, one for each of `count` things, whose gradient names only the rows in use.
package struct Embedding {
  /// `[count, dimension]`.
  package let weight: Tensor

  /// A table claimed as `weight`, whose rows stand for `rows`.
  ///
  /// - Throws: `TorchError` when the stored parameters do not fit.
  package init(
    _ count: Int, _ dimension: Int, rows: ParameterRows,
    initializer: Initializer = .normal(deviation: 0.01), in scope: Parameters.Scope
  ) throws {
    weight = try scope.parameter(
      "weight", shape: [count, dimension], rows: rows, initializer: initializer, layout: .rows)
  }

  /// The vectors of some positions: `[...]` gives `[..., dimension]`.
  package func callAsFunction(_ indices: Tensor) -> Tensor { weight.rows(indices) }

  /// The sum, the mean or the weighted sum of each bag's vectors: `[bags, dimension]`.
  ///
  /// Bag `i` holds `indices[offsets[i]..<offsets[i + 1]]`; an empty one gives zeros.
  package func bags(
    _ indices: Tensor, offsets: Tensor, weights: Tensor? = nil, reduction: BagReduction = .mean
  ) -> Tensor {
    weight.bags(indices, offsets: offsets, weights: weights, reduction: reduction)
  }
}
