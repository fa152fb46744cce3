import CTorch
package import CorralVectors

extension Tensor {
  /// A tensor with a copy of the elements, row after row; without a shape, a vector.
  package convenience init<Element: TensorElement>(
    _ elements: [Element], shape: [Int]? = nil, device: Device = .cpu
  ) {
    let handle = elements.withUnsafeBytes {
      copied($0, as: Element.self, shape: shape ?? [elements.count], device: device)
    }
    self.init(owning: handle)
  }

  /// A tensor with a copy of the bytes of a buffer, which hold elements of the given type.
  ///
  /// For arrays of one-field structs, such as positions: their bytes are those of the field.
  package convenience init<Element: TensorElement>(
    copying bytes: UnsafeRawBufferPointer, as type: Element.Type, shape: [Int],
    device: Device = .cpu
  ) {
    self.init(owning: copied(bytes, as: type, shape: shape, device: device))
  }

  /// A tensor `[rows, columns]` with a copy of the matrix.
  package convenience init(_ matrix: Matrix, device: Device = .cpu) {
    self.init(matrix.values, shape: [matrix.rows, matrix.columns], device: device)
  }

  /// A tensor without dimensions.
  package convenience init(_ scalar: Float, device: Device = .cpu) {
    self.init([scalar], shape: [], device: device)
  }

  /// A tensor whose elements are all the same.
  package static func full(
    _ shape: [Int], _ value: Double, type: ElementType = .float32, device: Device = .cpu
  ) -> Tensor {
    made("full") {
      ct_full(shape, shape.count, value, type.ctType, device.ctDevice, $0)
    }
  }

  /// A tensor of zeros.
  package static func zeros(
    _ shape: [Int], type: ElementType = .float32, device: Device = .cpu
  ) -> Tensor {
    full(shape, 0, type: type, device: device)
  }

  /// A tensor of ones.
  package static func ones(
    _ shape: [Int], type: ElementType = .float32, device: Device = .cpu
  ) -> Tensor {
    full(shape, 1, type: type, device: device)
  }

  /// The whole numbers of a range, 64 bits each.
  package static func range(_ range: Range<Int>, device: Device = .cpu) -> Tensor {
    made("range") { ct_arange(range.lowerBound, range.upperBound, device.ctDevice, $0) }
  }

  /// Numbers drawn from a normal distribution; the seed alone decides them.
  package static func normal(
    _ shape: [Int], mean: Double = 0, deviation: Double = 1, seed: UInt64
  ) -> Tensor {
    made("normal") { ct_random_normal(shape, shape.count, mean, deviation, seed, $0) }
  }

  /// Numbers drawn uniformly from a range; the seed alone decides them.
  package static func uniform(_ shape: [Int], in range: Range<Double>, seed: UInt64) -> Tensor {
    made("uniform") {
      ct_random_uniform(shape, shape.count, range.lowerBound, range.upperBound, seed, $0)
    }
  }

  /// The elements, row after row, converted to the type that is asked for.
  package func elements<Element: TensorElement>(as type: Element.Type) -> [Element] {
    [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = count
      read(into: UnsafeMutableRawBufferPointer(buffer), as: type)
    }
  }

  /// The elements as 32-bit floats, row after row.
  package func floats() -> [Float] { elements(as: Float.self) }

  /// The elements as whole numbers, row after row.
  package func integers() -> [Int] { elements(as: Int.self) }

  /// The elements as truth values, row after row.
  package func bools() -> [Bool] { elements(as: Bool.self) }

  /// A tensor `[rows, columns]` as a matrix.
  package func matrix() -> Matrix {
    if rank != 2 { fatalError("matrix: a tensor of shape \(shape) is not a matrix") }
    return Matrix(rows: size(0), columns: size(1), values: floats())
  }

  /// Copies the elements, row after row and converted to the type, into a buffer that they fill.
  package func read<Element: TensorElement>(
    into buffer: UnsafeMutableRawBufferPointer, as type: Element.Type
  ) {
    if buffer.count != count * MemoryLayout<Element>.stride {
      fatalError("read: \(buffer.count) bytes are not \(count) elements of shape \(shape)")
    }
    check(ct_read(handle, Element.elementType.ctType, buffer.baseAddress), "read", self)
  }

  /// Overwrites the elements in place with those of an array; gradients know nothing of it.
  package func write<Element: TensorElement>(_ elements: [Element]) {
    if elements.count != count {
      fatalError("write: \(elements.count) elements do not fill the shape \(shape)")
    }
    elements.withUnsafeBytes {
      check(ct_write(handle, Element.elementType.ctType, $0.baseAddress), "write", self)
    }
  }

  /// Makes the first dimension longer, in place and for whoever else has this tensor; rows that are
  /// there keep their bits.
  ///
  /// New rows are those of `values`, row after row, or zeros. Room that runs out doubles, so that a row
  /// costs amortised constant time and the room is at most twice what is needed. Traps for a tensor that
  /// is not of 32-bit floats, that is the result of an operation, or that has a gradient. Views that were
  /// made before may no longer see what is written to the tensor.
  package func grow(to rows: Int, _ values: [Float]? = nil) {
    if let values, values.count != shape.dropFirst().reduce(rows - size(0), *) {
      fatalError(
        "grow: \(values.count) elements are not the new rows of \(shape) with \(rows) rows")
    }
    let succeeded =
      values.map { $0.withUnsafeBufferPointer { ct_grow(handle, rows, $0.baseAddress) } }
      ?? ct_grow(handle, rows, nil)
    check(succeeded, "grow to \(rows) rows", self)
  }

  /// Where the elements lie: it changes when they are copied.
  package var address: UnsafeRawPointer? { ct_address(handle) }

  /// The element of a tensor that has exactly one.
  package func item() -> Float {
    var item = 0.0
    check(ct_item(handle, &item), "item", self)
    return Float(item)
  }

  /// The element of a tensor that has exactly one, as a whole number.
  package func integer() -> Int {
    var item: Int64 = 0
    check(ct_item_integer(handle, &item), "integer", self)
    return Int(item)
  }

  /// The tensor on a device: itself if it is already there, else a copy.
  package func to(_ device: Device) -> Tensor {
    Tensor.made("to device", self) { ct_to_device(handle, device.ctDevice, $0) }
  }

  /// The tensor with its elements converted: itself if they already have that type, else a copy.
  package func to(_ type: ElementType) -> Tensor {
    Tensor.made("to type", self) { ct_to_type(handle, type.ctType, $0) }
  }

  /// A copy with storage of its own; gradients flow through it.
  package func clone() -> Tensor {
    Tensor.made("clone", self) { ct_clone(handle, $0) }
  }

  /// Whether no element is infinite or not a number.
  package var isFinite: Bool {
    var finite = false
    check(ct_all_finite(handle, &finite), "isFinite", self)
    return finite
  }
}

private func copied<Element: TensorElement>(
  _ bytes: UnsafeRawBufferPointer, as type: Element.Type, shape: [Int], device: Device
) -> OpaquePointer {
  let count = bytes.count / MemoryLayout<Element>.stride
  if shape.reduce(1, *) != count {
    fatalError("Tensor: \(count) elements do not fill the shape \(shape)")
  }
  var result: OpaquePointer?
  let made = ct_from_data(
    bytes.baseAddress, Element.elementType.ctType, shape, shape.count, device.ctDevice, &result)
  check(made, "Tensor of shape \(shape)")
  guard let result else { fatalError("Tensor of shape \(shape): nothing was made") }
  return result
}
