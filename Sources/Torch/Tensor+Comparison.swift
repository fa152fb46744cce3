import CTorch

// Comparisons and the logic of their results: tensors of truth values, element by element.

extension Tensor {
  /// Whether elements are equal.
  package static func .== (x: Tensor, y: Tensor) -> Tensor {
    made("equal", x, y) { ct_equal(x.handle, y.handle, $0) }
  }

  /// Whether elements differ.
  package static func .!= (x: Tensor, y: Tensor) -> Tensor {
    made("not equal", x, y) { ct_not_equal(x.handle, y.handle, $0) }
  }

  /// Whether elements are less.
  package static func .< (x: Tensor, y: Tensor) -> Tensor {
    made("less", x, y) { ct_less(x.handle, y.handle, $0) }
  }

  /// Whether elements are less or equal.
  package static func .<= (x: Tensor, y: Tensor) -> Tensor {
    made("less or equal", x, y) { ct_less_or_equal(x.handle, y.handle, $0) }
  }

  /// Whether elements equal a number.
  package static func .== (x: Tensor, y: Float) -> Tensor {
    made("equal", x) { ct_equal_scalar(x.handle, Double(y), $0) }
  }

  /// Whether elements are less than a number.
  package static func .< (x: Tensor, y: Float) -> Tensor {
    made("less", x) { ct_less_scalar(x.handle, Double(y), $0) }
  }

  /// Whether elements are greater than a number.
  package static func .> (x: Tensor, y: Float) -> Tensor {
    made("greater", x) { ct_greater_scalar(x.handle, Double(y), $0) }
  }

  /// Whether both are true.
  package static func .& (x: Tensor, y: Tensor) -> Tensor {
    made("logical and", x, y) { ct_logical_and(x.handle, y.handle, $0) }
  }

  /// Whether one or both are true.
  package static func .| (x: Tensor, y: Tensor) -> Tensor {
    made("logical or", x, y) { ct_logical_or(x.handle, y.handle, $0) }
  }

  /// Whether elements are false.
  package static prefix func .! (x: Tensor) -> Tensor {
    made("logical not", x) { ct_logical_not(x.handle, $0) }
  }

  /// Whether any element along a dimension is true.
  package func any(_ dimension: Int, keep: Bool = false) -> Tensor {
    Tensor.made("any", self) { ct_any(handle, dimension, keep, $0) }
  }

  /// Whether every element along a dimension is true.
  package func all(_ dimension: Int, keep: Bool = false) -> Tensor {
    Tensor.made("all", self) { ct_all(handle, dimension, keep, $0) }
  }
}
