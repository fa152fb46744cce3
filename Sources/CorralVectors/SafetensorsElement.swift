/// The kinds of element that a safetensors file of Corral holds, under the format's own names.
package enum SafetensorsType: String, Sendable, Codable, CaseIterable {
  /// 32-bit floats.
  case float32 = "F32"
  /// 64-bit floats.
  case float64 = "F64"
  /// Signed 32-bit integers.
  case int32 = "I32"
  /// Signed 64-bit integers.
  case int64 = "I64"
  /// Unsigned 64-bit integers.
  case uint64 = "U64"
  /// Bytes.
  case uint8 = "U8"

  /// The number of bytes of one element.
  package var size: Int {
    switch self {
    case .float32, .int32: 4
    case .float64, .int64, .uint64: 8
    case .uint8: 1
    }
  }
}

/// A number that can be stored in a safetensors file.
package protocol SafetensorsElement: BitwiseCopyable, Sendable {
  /// The kind under which the file holds it.
  static var safetensorsType: SafetensorsType { get }
}

extension Float: SafetensorsElement {
  /// 32-bit floats.
  package static var safetensorsType: SafetensorsType { .float32 }
}

extension Double: SafetensorsElement {
  /// 64-bit floats.
  package static var safetensorsType: SafetensorsType { .float64 }
}

extension Int32: SafetensorsElement {
  /// Signed 32-bit integers.
  package static var safetensorsType: SafetensorsType { .int32 }
}

extension Int64: SafetensorsElement {
  /// Signed 64-bit integers.
  package static var safetensorsType: SafetensorsType { .int64 }
}

extension UInt64: SafetensorsElement {
  /// Unsigned 64-bit integers.
  package static var safetensorsType: SafetensorsType { .uint64 }
}

extension UInt8: SafetensorsElement {
  /// Bytes.
  package static var safetensorsType: SafetensorsType { .uint8 }
}
