import Foundation

/// Why a device or stored parameters cannot be used: what, where, and what to do.
public enum TorchError: Error, Equatable, CustomStringConvertible {
  /// No device has this name.
  case unknownDevice(String)
  /// The machine, or this libtorch, has no such device.
  case deviceMissing(String, builtWithCUDA: Bool, devices: Int)
  /// A parameter of the model is not among the stored tensors.
  case missingParameter(String)
  /// Stored tensors that no part of the model claims.
  case unexpectedParameters([String])
  /// The parameters of the model need more memory than this process may use.
  case parametersTooLarge(String, shape: [Int], bytes: Double, limit: Int)
  /// A stored tensor has another shape than the parameter.
  case misshapenParameter(String, expected: [Int], found: [Int])
  /// The optimiser's stored state lacks a tensor.
  case missingState(String)
  /// The optimiser's stored state has tensors that belong to no parameter.
  case unexpectedState([String])
  /// A tensor of the optimiser's stored state has another shape than the parameter needs.
  case misshapenState(String, expected: [Int], found: [Int])

  /// The whole message, for a person.
  public var description: String {
    switch self {
    case .unknownDevice(let name):
      "unknown device '\(name)': say cpu, cuda or cuda:N"
    case .deviceMissing(let name, builtWithCUDA: false, _):
      "device '\(name)' is not available: this libtorch is built without CUDA; "
        + "set up with a CUDA build (LIBTORCH=dir), or use --device cpu"
    case .deviceMissing(let name, _, let devices):
      "device '\(name)' is not available: libtorch finds \(devices) CUDA "
        + "device\(devices == 1 ? "" : "s"); check the driver with nvidia-smi, or use --device cpu"
    case .parametersTooLarge(let name, let shape, let bytes, let limit):
      "with parameter '\(name)' of shape \(shape) the model takes \(gigabytes(bytes)), and this "
        + "process may use \(gigabytes(Double(limit))): lower its dimension or the widths of its "
        + "layers, or use less data"
    case .missingParameter(let name):
      "parameter '\(name)' is missing from the stored weights: "
        + "they were saved by a model with other settings"
    case .unexpectedParameters(let names):
      "the stored weights hold \(quoted(names)), which this model does not have: "
        + "they were saved by a model with other settings"
    case .misshapenParameter(let name, let expected, let found):
      "parameter '\(name)' has shape \(expected) in this model and \(found) in the stored weights: "
        + "they were saved by a model with other settings"
    case .missingState(let name):
      "'\(name)' is missing from the optimiser's stored state: "
        + "resume with the settings that the run started with"
    case .unexpectedState(let names):
      "the optimiser's stored state holds \(quoted(names)), which this optimiser does not have: "
        + "resume with the settings that the run started with"
    case .misshapenState(let name, let expected, let found):
      "'\(name)' has shape \(expected) in this optimiser and \(found) in its stored state: "
        + "resume with the settings that the run started with"
    }
  }

  private func gigabytes(_ bytes: Double) -> String {
    String(format: "%.1f GB", bytes / 1e9)
  }

  private func quoted(_ names: [String]) -> String {
    names.sorted().map { "'\($0)'" }.joined(separator: ", ")
  }
}
