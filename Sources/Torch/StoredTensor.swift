package import CorralVectors

/// The values and shape of a tensor outside libtorch, to be saved or sent to another thread.
package struct StoredTensor: Sendable, Equatable {
  /// The length of every dimension.
  package let shape: [Int]
  /// The elements, row after row.
  package let values: [Float]

  /// Values in a shape that they fill.
  package init(shape: [Int], values: [Float]) {
    if shape.reduce(1, *) != values.count {
      fatalError("StoredTensor: \(values.count) elements do not fill the shape \(shape)")
    }
    self.shape = shape
    self.values = values
  }

  /// A copy of a tensor's elements.
  package init(_ tensor: Tensor) {
    shape = tensor.shape
    values = tensor.floats()
  }
}

extension Dictionary where Key == String, Value == StoredTensor {
  /// All the tensors of 32-bit floats in a file.
  ///
  /// - Throws: `SafetensorsError` when one is of another kind.
  package init(_ file: SafetensorsFile) throws {
    self.init()
    for (name, entry) in file.entries {
      self[name] = StoredTensor(shape: entry.shape, values: try file.array(name))
    }
  }
}

extension Parameters {
  /// Every parameter under its name, for a file; the values are read when the file is written.
  package func safetensors() -> [SafetensorsTensor] {
    all.map { SafetensorsTensor($0.name, $0.tensor) }
  }
}

extension Optimizer {
  /// The state of the optimiser, for a file; it is read when the file is written.
  package func safetensors() -> [SafetensorsTensor] {
    [SafetensorsTensor(State.stepsName, [Int64(steps)], shape: [])]
      + namedStates.map { SafetensorsTensor($0.name, $0.state) }
  }
}

extension Optimizer.State {
  /// The name, in a file, of the number of steps.
  static let stepsName = "steps"

  /// The state that a file holds.
  ///
  /// - Throws: `SafetensorsError` when the file holds none.
  package init(_ file: SafetensorsFile) throws {
    let steps: [Int64] = try file.array(Self.stepsName, shape: [])
    var tensors: [String: StoredTensor] = [:]
    for (name, entry) in file.entries where name != Self.stepsName {
      tensors[name] = StoredTensor(shape: entry.shape, values: try file.array(name))
    }
    self.init(steps: Int(steps[0]), tensors: tensors)
  }
}

extension SafetensorsTensor {
  /// The elements of a tensor as they are when the file is written.
  fileprivate init(_ name: String, _ tensor: Tensor) {
    self.init(name, type: .float32, shape: tensor.shape) { sink in
      try tensor.floats().withUnsafeBytes(sink)
    }
  }
}
