import CorralVectors

/// The trainable tensors of a model, each under the name by which the model claimed it.
///
/// A model's constructor asks a scope for its parameters. `Parameters(seed:)` makes them,
/// `Parameters(stored:)` hands out those that were saved; the constructor is the same:
///
///     let parameters = Parameters(seed: 1)
///     let model = try parameters.build { try TwoTower(settings, in: $0) }
///
/// Tables can grow while a model is trained: `grow(_:)`.
package final class Parameters {
  /// One trainable tensor.
  package struct Parameter {
    /// The dotted name, such as `items.weight`.
    package let name: String
    /// The values, and after `backward()` the gradient.
    package let tensor: Tensor
    /// Whether its gradient names rows, as that of an embedding table, or is dense.
    package let layout: GradientLayout
    /// What its rows stand for.
    package let rows: ParameterRows
    /// What the first values of its rows are drawn from.
    let initializer: Initializer
  }

  /// The parameters in the order in which the model claimed them.
  package private(set) var all: [Parameter] = []
  /// Where they are.
  package let device: Device
  private let source: Source
  /// What parameters and new rows are drawn from; `nil` if nothing can be drawn.
  let seed: UInt64?
  /// What the rows of each parameter stand for, by its full name.
  private var rows: [String: ParameterRows] = [:]
  /// The bytes of all parameters; not a whole number, which a product of lengths could exceed.
  var bytes = 0.0

  private enum Source {
    case seed
    case stored([String: StoredTensor])
  }

  /// Parameters that are drawn when they are claimed.
  ///
  /// The values follow from the seed and the parameter's name alone, so that a layer more or less
  /// does not change the others.
  package init(seed: UInt64, device: Device = .cpu) {
    source = .seed
    self.seed = seed
    self.device = device
  }

  /// Parameters that were saved; the seed is that of rows that tables get later, if they are to grow.
  package init(stored: [String: StoredTensor], seed: UInt64? = nil, device: Device = .cpu) {
    source = .stored(stored)
    self.seed = seed
    self.device = device
  }

  /// The model that the body makes, its parameters claimed from the scope that the body gets.
  ///
  /// - Throws: `TorchError` when the parameters do not fit in memory, when a stored tensor is missing,
  ///   has another shape, or is claimed by nothing; and what the body throws.
  package func build<Model>(_ body: (Scope) throws -> Model) throws -> Model {
    let model = try body(Scope(parameters: self, path: []))
    if case .stored(let stored) = source {
      let unexpected = Set(stored.keys).subtracting(all.map(\.name))
      if !unexpected.isEmpty { throw TorchError.unexpectedParameters(unexpected.sorted()) }
    }
    return model
  }

  /// What the rows of a parameter stand for, as its claim said; `other` for an unknown name.
  package func rows(of name: String) -> ParameterRows { rows[name] ?? .other }

  /// The number of trainable numbers.
  package var count: Int { all.reduce(0) { $0 + $1.tensor.count } }

  /// The values of every parameter, to be saved.
  package func stored() -> [String: StoredTensor] {
    Dictionary(uniqueKeysWithValues: all.map { ($0.name, StoredTensor($0.tensor)) })
  }

  /// Overwrites the values of every parameter, bit for bit, with those that were saved.
  ///
  /// - Throws: `TorchError` as `build` does, and then nothing is overwritten.
  package func restore(_ stored: [String: StoredTensor]) throws {
    for parameter in all { _ = try find(parameter.name, parameter.tensor.shape, in: stored) }
    let unexpected = Set(stored.keys).subtracting(all.map(\.name))
    if !unexpected.isEmpty { throw TorchError.unexpectedParameters(unexpected.sorted()) }
    for parameter in all {
      parameter.tensor.write(try find(parameter.name, parameter.tensor.shape, in: stored).values)
    }
  }

  fileprivate func claim(
    _ name: String, _ shape: [Int], _ initializer: Initializer, _ layout: GradientLayout,
    _ rows: ParameterRows
  ) throws -> Tensor {
    if self.rows.updateValue(rows, forKey: name) != nil {
      fatalError("parameter '\(name)' is claimed twice")
    }
    bytes += shape.reduce(4) { $0 * Double($1) }
    if device == .cpu, bytes > Double(MachineMemory.limit) {
      throw TorchError.parametersTooLarge(
        name, shape: shape, bytes: bytes, limit: MachineMemory.limit)
    }
    let tensor: Tensor
    switch source {
    case .seed:
      tensor = initializer.tensor(shape, seed: seed(of: name)).to(device)
    case .stored(let stored):
      tensor = Tensor(try find(name, shape, in: stored).values, shape: shape, device: device)
    }
    tensor.requiresGradient = true
    all.append(
      Parameter(name: name, tensor: tensor, layout: layout, rows: rows, initializer: initializer))
    return tensor
  }

  /// The seed of one parameter's values; traps if there is none.
  func seed(of name: String) -> UInt64 {
    guard let seed else {
      fatalError(
        "parameter '\(name)': stored parameters grow only with a seed: Parameters(stored:seed:)")
    }
    return mixed(seed, stream: FNVHash(name.utf8).value)
  }

  private func find(
    _ name: String, _ shape: [Int], in stored: [String: StoredTensor]
  ) throws -> StoredTensor {
    guard let tensor = stored[name] else { throw TorchError.missingParameter(name) }
    guard tensor.shape == shape else {
      throw TorchError.misshapenParameter(name, expected: shape, found: tensor.shape)
    }
    return tensor
  }
}

extension Parameters {
  /// The place of a part of the model: what it claims is named after it.
  package struct Scope {
    fileprivate let parameters: Parameters
    fileprivate let path: [String]

    /// The scope of a part: `scope / "items"`.
    package static func / (scope: Scope, part: String) -> Scope {
      Scope(parameters: scope.parameters, path: scope.path + [part])
    }

    /// The scope of a numbered part: `scope / 0`.
    package static func / (scope: Scope, part: Int) -> Scope { scope / String(part) }

    /// A parameter of the part whose scope this is, whose rows stand for `rows`.
    ///
    /// - Throws: `TorchError` when it is not among the stored tensors, or has another shape.
    package func parameter(
      _ name: String, shape: [Int], rows: ParameterRows = .other,
      initializer: Initializer = .zeros, layout: GradientLayout = .dense
    ) throws -> Tensor {
      let name = (path + [name]).joined(separator: ".")
      return try parameters.claim(name, shape, initializer, layout, rows)
    }
  }
}

/// What the rows of a parameter stand for.
///
/// A model says it where it claims the parameter. Rows of items that training never met are set to
/// zero; a parameter's name decides nothing.
package enum ParameterRows: Sendable, Hashable {
  /// One row for each item of the catalogue.
  case items
  /// One row for each user of the catalogue.
  case users
  /// One row for each category of a column of item features.
  case itemCategories(of: String)
  /// One row for each category of a column of user features.
  case userCategories(of: String)
  /// Anything else.
  case other
}
