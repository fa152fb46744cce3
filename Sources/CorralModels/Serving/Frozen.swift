import Torch

/// A network that serves: its parameters never change again.
///
/// `@unchecked Sendable` is the only one of the package, and holds because neither parameters nor the
/// network's catalogue are mutated after `init` and every call into libtorch runs inside `withoutGradients`.
final class Frozen<Network>: @unchecked Sendable {
  private let parameters: Parameters
  private let network: Network

  /// The network of some stored parameters, made by the constructor that training uses.
  ///
  /// Throws `TorchError` if the parameters are not those of this network, and what the body throws.
  init(
    _ stored: [String: StoredTensor], _ body: (Parameters.Scope) throws -> Network
  ) throws {
    parameters = Parameters(stored: stored)
    network = try parameters.build(body)
  }

  /// The number of trained numbers.
  var parameterCount: Int { parameters.count }

  /// The parameters by name, to be saved.
  var stored: [String: StoredTensor] { parameters.stored() }

  /// The result of a body that reads the network; no tensor leaves it.
  ///
  /// With `isAlone` the calling thread works alone: the work of one request is too little to share,
  /// and others may ask at the same time on the other cores.
  func callAsFunction<Result: Sendable>(
    isAlone: Bool = false, _ body: (Network) throws -> Result
  ) rethrows -> Result {
    let threads = Torch.threads
    if isAlone { Torch.threads = 1 }
    defer { if isAlone { Torch.threads = threads } }
    return try withoutGradients { try body(network) }
  }
}
