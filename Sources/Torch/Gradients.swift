import CTorch

/// How the gradient of a parameter is laid out.
package enum GradientLayout: String, Sendable, Codable {
  /// One number for every element.
  case dense
  /// Only the rows that were looked up: for tables, because a step touches a few rows of them.
  case rows
}

extension Tensor {
  /// Whether gradients are gathered for this tensor.
  package var requiresGradient: Bool {
    get { ct_requires_gradient(handle) }
    set { check(ct_set_requires_gradient(handle, newValue), "requiresGradient", self) }
  }

  /// Adds the gradient of this scalar to every tensor that it was computed from and that requires one.
  package func backward() {
    check(ct_backward(handle, nil), "backward", self)
  }

  /// Adds `seed^T d(self)` to every tensor that this one was computed from and that requires a gradient.
  package func backward(_ seed: Tensor) {
    check(ct_backward(handle, seed.handle), "backward", self, seed)
  }

  /// The gradient that was gathered so far; `nil` if there is none.
  package var gradient: Tensor? {
    var result: OpaquePointer?
    check(ct_gradient(handle, &result), "gradient", self)
    return result.map(Tensor.init(owning:))
  }

  /// Forgets the gradient that was gathered so far.
  package func clearGradient() {
    check(ct_clear_gradient(handle), "clearGradient", self)
  }

  /// The elements, outside the graph: a constant.
  package func detach() -> Tensor {
    Tensor.made("detach", self) { ct_detach(handle, $0) }
  }

  /// Whether this is a gradient by rows.
  package var isSparse: Bool { ct_is_sparse(handle) }

  /// The distinct rows of a gradient by rows, rising, and what it adds to each, `[rows, ...]`.
  package func sparseRows() -> (indices: Tensor, values: Tensor) {
    Tensor.madeTwo("sparseRows", self) { ct_sparse_rows(handle, $0, $1) }
  }

  /// A gradient by rows with all its rows.
  package func dense() -> Tensor {
    isSparse ? Tensor.made("dense", self) { ct_to_dense(handle, $0) } : self
  }
}

/// Runs the body without recording operations for gradients.
///
/// The body is synchronous: recording is a property of the thread, and a task can change threads
/// wherever it waits.
package func withoutGradients<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let records = ct_records_gradients()
  ct_set_records_gradients(false)
  defer { ct_set_records_gradients(records) }
  return try body()
}
