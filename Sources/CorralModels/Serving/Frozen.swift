import Torch

/// A network that serves: its parameters are never changed again.
///
/// `@unchecked Sendable` is the only one of the package, and holds because parameters are not mutated
/// after `init` and every call into libtorch runs inside `withoutGradients`.
final class Frozen<Network>: @unchecked Sendable {
  private let parameters: Parameters
  private let network: Network

  /// The network of some stored parameters, by the constructor that made it for training.
  ///
  /// Throws `TorchError` when the parameters are not those of this network, and what making it throws.
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

  /// What the body makes of the network, in numbers: no tensor leaves.
  func callAsFunction<Result: Sendable>(
    _ body: (Network) throws -> Result
  ) rethrows -> Result {
    try withoutGradients { try body(network) }
  }
}
