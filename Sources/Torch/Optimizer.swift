import CTorch
import CorralVectors

/// Updates parameters from their gradients, all in one call into libtorch a step.
///
/// A table is updated row by row: a step reads and writes the rows that its gradient names, with
/// what the rule remembers of them, and no others; its cost does not depend on the table's length.
/// Every rule makes of such a row what it would make of it in a dense table, with two exceptions
/// of lazy updates: the decaying means of Adam's rows stand still in steps that do not name them,
/// and so does their weight decay. (Those of RMSProp catch up.) Adam's bias correction goes by the
/// number of steps of the whole run, as in PyTorch's `SparseAdam`: a row that is first named late
/// takes a small first step.
public struct Optimizer {
  /// How an update is made out of a gradient.
  public let rule: Rule
  /// The size of a step; may be changed between steps.
  public var rate: Float
  /// The bound on the common norm of all gradients.
  public var clipping: Clipping
  /// The number of steps taken.
  public private(set) var steps = 0
  /// The common norm of the last step's gradients before clipping; 0 where clipping is off.
  public private(set) var gradientNorm: Float = 0

  private let parameters: [Parameters.Parameter]
  private let states: [Tensor?]
  private let slots: [ct_slot]

  /// An optimiser of all parameters that the model claimed; `share` says what the rate of the
  /// parameter of a name is multiplied by.
  public init(
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

  /// Updates every parameter that has a gradient, and takes its gradient away.
  public mutating func step() {
    step(portable: false)
  }

  /// A step in tensor operations alone, as devices other than a CPU take it: the twin of `step()`.
  package mutating func step(portable: Bool) {
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
  public enum Clipping: Sendable, Hashable, Codable {
    /// None.
    case off
    /// Gradients are scaled down, all by the same factor, to this norm.
    case norm(Float)

    fileprivate var bound: Double {
      switch self {
      case .off: .infinity
      case .norm(let bound): Double(bound)
      }
    }
  }

  /// What an optimiser remembers, to be saved and restored exactly.
  public struct State: Sendable, Equatable {
    /// The number of steps taken.
    public let steps: Int
    /// By name: `NAME.moments` (Adam) or `NAME.squares` (Adagrad) of the parameter `NAME`.
    public let tensors: [String: StoredTensor]

    /// A state that was saved.
    public init(steps: Int, tensors: [String: StoredTensor]) {
      self.steps = steps
      self.tensors = tensors
    }
  }

  /// What the optimiser remembers.
  public func state() -> State {
    var tensors: [String: StoredTensor] = [:]
    for (name, state) in namedStates { tensors[name] = StoredTensor(state) }
    return State(steps: steps, tensors: tensors)
  }

  /// Goes on, bit for bit, where an optimiser of the same rule and parameters was saved.
  ///
  /// - Throws: `TorchError` when the state is another optimiser's, and then nothing has changed.
  public mutating func restore(_ saved: State) throws {
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

  var namedStates: [(name: String, state: Tensor)] {
    zip(parameters, states).compactMap { parameter, state in
      state.map { ("\(parameter.name).\(rule.stateName)", $0) }
    }
  }
}
