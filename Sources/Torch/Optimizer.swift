import CTorch
import CorralVectors

/// Updates parameters from their gradients, with one call into libtorch for each step.
///
/// A table is updated row by row: a step reads and writes only the rows that its gradient names and
/// their state, so its cost does not depend on the table's length. A row gets the update that it would
/// get in a dense table, with two exceptions: in steps that do not name a row, Adam's means of it do not
/// decay, and neither does its weight. (RMSProp's means catch up.) Adam's bias correction counts the
/// steps of the whole run, as in PyTorch's `SparseAdam`: a row that is first named late takes a small
/// first step.
///
/// When parameters grow, the state grows with them: new rows have that of rows that no step has named.
package struct Optimizer {
  /// How a gradient becomes an update.
  package let rule: Rule
  /// The size of a step; may be changed between steps.
  package var rate: Float
  /// The bound on the common norm of all gradients.
  package var clipping: Clipping
  /// The number of steps taken.
  package private(set) var steps = 0
  /// The common norm of the last step's gradients before clipping; 0 if clipping is off.
  package private(set) var gradientNorm: Float = 0

  private let parameters: [Parameters.Parameter]
  private let states: [Tensor?]
  private let slots: [ct_slot]

  /// An optimiser of all parameters that the model claimed.
  ///
  /// `share` gives a factor for the rate of each parameter, by its name.
  package init(
    _ rule: Rule, rate: Float, clipping: Clipping = .off, of parameters: Parameters,
    share: (String) -> Float = { _ in 1 }
  ) {
    self.rule = rule
    self.rate = rate
    self.clipping = clipping
    let all = parameters.all
    let shapes = all.map { rule.stateShape(for: $0) }
    let bytes = shapes.reduce(0) { $0 + 4 * ($1 ?? []).reduce(1, *) }
    // Pages that are all zero cost nothing until the first steps: too late to say so.
    if parameters.device == .cpu, bytes + 4 * parameters.count > MachineMemory.limit {
      MachineMemory.exhausted("what the optimiser remembers of each parameter", bytes: bytes)
    }
    let states = shapes.map { $0.map { Tensor.zeros($0, device: parameters.device) } }
    self.parameters = all
    self.states = states
    slots = zip(all, states).map { parameter, state in
      ct_slot(
        parameter: parameter.tensor.handle, state: state?.handle,
        by_rows: parameter.layout == .rows, share: Double(share(parameter.name)))
    }
  }

  /// Gives rows that tables got since the last step the state of rows that no step has named, which is
  /// zeros in every rule.
  private func followGrowth() {
    for (parameter, state) in zip(parameters, states) where parameter.layout == .rows {
      guard let state else { continue }
      let rows = parameter.tensor.size(0)
      if state.size(0) < rows { state.grow(to: rows) }
    }
  }

  /// Updates every parameter that has a gradient, and clears the gradient.
  package mutating func step() {
    step(portable: false)
  }

  /// A step in tensor operations alone, as on devices other than a CPU: the twin of `step()`.
  package mutating func step(portable: Bool) {
    followGrowth()
    steps += 1
    var numbers = rule.numbers
    numbers.rate = Double(rate)
    numbers.largest_norm = clipping.bound
    numbers.count = Int64(steps)
    numbers.portable = portable
    var norm = 0.0
    withExtendedLifetime((parameters, states)) {
      check(ct_optimize(&numbers, slots, slots.count, &norm), "optimizer step")
    }
    gradientNorm = Float(norm)
  }
}

extension Optimizer {
  /// A bound on the common L2 norm of all gradients.
  package enum Clipping: Sendable, Hashable, Codable {
    /// No bound.
    case off
    /// All gradients are scaled down by the same factor to this norm.
    case norm(Float)

    fileprivate var bound: Double {
      switch self {
      case .off: .infinity
      case .norm(let bound): Double(bound)
      }
    }
  }

  /// The state of an optimiser, to be saved and restored exactly.
  package struct State: Sendable, Equatable {
    /// The number of steps taken.
    package let steps: Int
    /// By name: `NAME.moments` (Adam) or `NAME.squares` (Adagrad) of the parameter `NAME`.
    package let tensors: [String: StoredTensor]

    /// A state that was saved.
    package init(steps: Int, tensors: [String: StoredTensor]) {
      self.steps = steps
      self.tensors = tensors
    }
  }

  /// The state of the optimiser.
  package func state() -> State {
    var tensors: [String: StoredTensor] = [:]
    for (name, state) in namedStates { tensors[name] = StoredTensor(state) }
    return State(steps: steps, tensors: tensors)
  }

  /// Continues, bit for bit, from the state of an optimiser of the same rule and parameters.
  ///
  /// - Throws: `TorchError` when the state does not fit, and then nothing has changed.
  package mutating func restore(_ saved: State) throws {
    for (name, state) in namedStates {
      guard let stored = saved.tensors[name] else { throw TorchError.missingState(name) }
      guard stored.shape == state.shape else {
        throw TorchError.misshapenState(name, expected: state.shape, found: stored.shape)
      }
    }
    let unexpected = Set(saved.tensors.keys).subtracting(namedStates.map(\.name))
    if !unexpected.isEmpty { throw TorchError.unexpectedState(unexpected.sorted()) }
    for (name, state) in namedStates {
      if let stored = saved.tensors[name] { state.write(stored.values) }
    }
    steps = saved.steps
  }

  /// Every state under its name.
  var namedStates: [(name: String, state: Tensor)] {
    followGrowth()
    return zip(parameters, states).compactMap { parameter, state in
      state.map { ("\(parameter.name).\(rule.stateName)", $0) }
    }
  }
}
