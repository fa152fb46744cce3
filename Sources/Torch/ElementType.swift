import CTorch

/// The type of a tensor's elements.
package enum ElementType: String, Sendable, Hashable, Codable, CaseIterable {
  /// 32-bit floats.
  case float32
  /// 64-bit floats.
  case float64
  /// Signed 32-bit integers.
  case int32
  /// Signed 64-bit integers: positions and classes.
  case int64
  /// Truth values: the results of comparisons, and masks.
  case bool

  init(_ type: ct_dtype) {
    self =
      switch type {
      case .float32: .float32
      case .float64: .float64
      case .int32: .int32
      case .int64: .int64
      case .bool: .bool
      }
  }

  var ctType: ct_dtype {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .int32: .int32
    case .int64: .int64
    case .bool: .bool
    }
  }
}

/// A Swift number that tensors can be made from and read into.
package protocol TensorElement: BitwiseCopyable {
  /// The element type of a tensor of these.
  static var elementType: ElementType { get }
}

extension Float: TensorElement {
  /// 32-bit floats.
  package static var elementType: ElementType { .float32 }
}

extension Double: TensorElement {
  /// 64-bit floats.
  package static var elementType: ElementType { .float64 }
}

extension Int32: TensorElement {
  /// Signed 32-bit integers.
  package static var elementType: ElementType { .int32 }
}

extension Int64: TensorElement {
  /// Signed 64-bit integers.
  package static var elementType: ElementType { .int64 }
}

extension Int: TensorElement {
  /// Signed 64-bit integers.
  package static var elementType: ElementType { .int64 }
}

extension Bool: TensorElement {
  /// Truth values.
  package static var elementType: ElementType { .bool }
}
