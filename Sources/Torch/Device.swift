import CTorch

/// Where tensors live and operations run.
package enum Device: Hashable, Sendable, CustomStringConvertible {
  /// The processor.
  case cpu
  /// A CUDA device, by its number.
  case cuda(Int)

  /// The device of a name: `cpu`, `cuda` (the first), or `cuda:1`.
  ///
  /// - Throws: `TorchError` for an unknown name, and for a device that this machine or libtorch lacks.
  package init(named name: String) throws {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    switch (parts.first, parts.count) {
    case ("cpu", 1): self = .cpu
    case ("cuda", 1): self = .cuda(0)
    case ("cuda", 2):
      guard let index = Int(parts[1]), index >= 0 else { throw TorchError.unknownDevice(name) }
      self = .cuda(index)
    default: throw TorchError.unknownDevice(name)
    }
    guard isAvailable else {
      throw TorchError.deviceMissing(
        name, builtWithCUDA: ct_has_cuda(), devices: Device.cudaCount)
    }
  }

  /// Whether this machine and this libtorch have the device.
  package var isAvailable: Bool {
    switch self {
    case .cpu: true
    case .cuda(let index): index < Device.cudaCount
    }
  }

  /// The number of CUDA devices that can be used.
  package static var cudaCount: Int { ct_cuda_devices() }

  /// The name that settings use.
  package var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }

  init(_ device: ct_device) {
    self = device.kind == .cuda ? .cuda(Int(device.index)) : .cpu
  }

  var ctDevice: ct_device {
    switch self {
    case .cpu: ct_device(kind: .cpu, index: 0)
    case .cuda(let index): ct_device(kind: .cuda, index: Int32(index))
    }
  }
}
