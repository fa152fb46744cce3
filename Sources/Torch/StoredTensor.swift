/// The values and shape of a tensor outside libtorch: what is saved, and crosses threads.
public struct StoredTensor: Sendable, Equatable {
  /// The length of every dimension.
  public let shape: [Int]
  /// The elements, row after row.
  public let values: [Float]

  /// Values in a shape that they fill.
  public init(shape: [Int], values: [Float]) {
    if shape.reduce(1, *) != values.count {
      fatalError("StoredTensor: \(values.count) elements do not fill the shape \(shape)")
    }
    self.shape = shape
    self.values = values
  }

  /// A copy of a tensor's elements.
  public init(_ tensor: Tensor) {
    shape = tensor.shape
    values = tensor.floats()
  }
}
