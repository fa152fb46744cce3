import CTorch

// Element by element. Shapes broadcast: dimensions are matched from the last one, and a length of 1
// stands for any length.

extension Tensor {
  /// Sum, element by element.
  package static func + (x: Tensor, y: Tensor) -> Tensor {
    made("add", x, y) { ct_add(x.handle, y.handle, $0) }
  }

  /// Difference, element by element.
  package static func - (x: Tensor, y: Tensor) -> Tensor {
    made("subtract", x, y) { ct_subtract(x.handle, y.handle, $0) }
  }

  /// Product, element by element.
  package static func * (x: Tensor, y: Tensor) -> Tensor {
    made("multiply", x, y) { ct_multiply(x.handle, y.handle, $0) }
  }

  /// Quotient, element by element.
  package static func / (x: Tensor, y: Tensor) -> Tensor {
    made("divide", x, y) { ct_divide(x.handle, y.handle, $0) }
  }

  /// Adds a number to every element.
  package static func + (x: Tensor, y: Float) -> Tensor {
    made("add", x) { ct_add_scalar(x.handle, Double(y), $0) }
  }

  /// Adds a number to every element.
  package static func + (x: Float, y: Tensor) -> Tensor {
    made("add", y) { ct_add_scalar(y.handle, Double(x), $0) }
  }

  /// Subtracts a number from every element.
  package static func - (x: Tensor, y: Float) -> Tensor {
    made("subtract", x) { ct_add_scalar(x.handle, Double(-y), $0) }
  }

  /// Subtracts every element from a number.
  package static func - (x: Float, y: Tensor) -> Tensor {
    made("subtract", y) { ct_subtract_from_scalar(Double(x), y.handle, $0) }
  }

  /// Multiplies every element by a number.
  package static func * (x: Tensor, y: Float) -> Tensor {
    made("multiply", x) { ct_multiply_scalar(x.handle, Double(y), $0) }
  }

  /// Multiplies every element by a number.
  package static func * (x: Float, y: Tensor) -> Tensor {
    made("multiply", y) { ct_multiply_scalar(y.handle, Double(x), $0) }
  }

  /// Divides every element by a number.
  package static func / (x: Tensor, y: Float) -> Tensor {
    made("divide", x) { ct_divide_scalar(x.handle, Double(y), $0) }
  }

  /// Divides a number by every element.
  package static func / (x: Float, y: Tensor) -> Tensor {
    made("divide", y) { ct_divide_from_scalar(Double(x), y.handle, $0) }
  }

  /// The negative of every element.
  package static prefix func - (x: Tensor) -> Tensor {
    made("negate", x) { ct_negate(x.handle, $0) }
  }

  /// Every element to a power.
  package func power(_ exponent: Float) -> Tensor {
    Tensor.made("power", self) { ct_power_scalar(handle, Double(exponent), $0) }
  }

  /// Every element, limited to a range.
  package func clamped(to range: ClosedRange<Float>) -> Tensor {
    Tensor.made("clamped", self) {
      ct_clamp(handle, Double(range.lowerBound), Double(range.upperBound), $0)
    }
  }

  /// The absolute value of every element.
  package func absolute() -> Tensor {
    Tensor.made("absolute", self) { ct_absolute(handle, $0) }
  }

  /// e to every element.
  package func exp() -> Tensor {
    Tensor.made("exp", self) { ct_exp(handle, $0) }
  }

  /// The natural logarithm of every element.
  package func log() -> Tensor {
    Tensor.made("log", self) { ct_log(handle, $0) }
  }

  /// `log(1 + x)` of every element, exact near 0.
  package func log1p() -> Tensor {
    Tensor.made("log1p", self) { ct_log1p(handle, $0) }
  }

  /// The square root of every element.
  package func sqrt() -> Tensor {
    Tensor.made("sqrt", self) { ct_sqrt(handle, $0) }
  }

  /// One over the square root of every element.
  package func rsqrt() -> Tensor {
    Tensor.made("rsqrt", self) { ct_rsqrt(handle, $0) }
  }

  /// The sine of every element.
  package func sin() -> Tensor {
    Tensor.made("sin", self) { ct_sin(handle, $0) }
  }

  /// The cosine of every element.
  package func cos() -> Tensor {
    Tensor.made("cos", self) { ct_cos(handle, $0) }
  }
}

/// The larger of two elements, everywhere.
package func maximum(_ x: Tensor, _ y: Tensor) -> Tensor {
  Tensor.made("maximum", x, y) { ct_maximum(x.handle, y.handle, $0) }
}

/// The smaller of two elements, everywhere.
package func minimum(_ x: Tensor, _ y: Tensor) -> Tensor {
  Tensor.made("minimum", x, y) { ct_minimum(x.handle, y.handle, $0) }
}
