import CorralVectors
import Foundation
import Testing
import Torch

/// Numbers of PyTorch's, which `Scripts/golden.py` wrote.
struct Golden {
  private let file: SafetensorsFile

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    file = try SafetensorsFile(
      folder.appending(components: "Golden", "\(name).safetensors"))
  }

  /// The names of the file's tensors.
  var names: [String] { Array(file.entries.keys) }

  /// A tensor of the file; bytes are truth values.
  subscript(name: String) -> Tensor {
    get throws {
      let entry = try #require(file.entries[name], "golden numbers of \(name)")
      switch entry.type {
      case .int64: return Tensor(try file.array(name) as [Int64], shape: entry.shape)
      case .uint8:
        let bytes: [UInt8] = try file.array(name)
        return Tensor(bytes.map { $0 != 0 }, shape: entry.shape)
      default: return Tensor(try file.array(name) as [Float], shape: entry.shape)
      }
    }
  }

  /// Runs a case of the file and compares its output, and every input's gradient, with PyTorch's.
  func check(
    _ name: String, _ inputs: [String], sourceLocation: SourceLocation = #_sourceLocation,
    _ function: ([Tensor]) -> Tensor
  ) throws {
    let tensors = try inputs.map { try self["\(name)/\($0)"] }
    for tensor in tensors where tensor.type == .float32 { tensor.requiresGradient = true }
    let out = function(tensors)
    expectClose(
      out, try self["\(name)/out"], "\(name): output", sourceLocation: sourceLocation)
    (out * (try self["\(name)/seed"])).sum().backward()
    for (input, tensor) in zip(inputs, tensors) where tensor.type == .float32 {
      let gradient = try #require(tensor.gradient, "\(name): no gradient of \(input)")
      expectClose(
        gradient.dense(), try self["\(name)/\(input).grad"], "\(name): gradient of \(input)",
        sourceLocation: sourceLocation)
    }
  }
}

/// Expects two tensors of one shape to agree to `tolerance`, relative to numbers above 1.
func expectClose(
  _ x: Tensor, _ y: Tensor, _ what: String = "", tolerance: Float = 1e-5,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(x.shape == y.shape, "\(what)", sourceLocation: sourceLocation)
  let worst = zip(x.floats(), y.floats()).map { abs($0 - $1) / max(1, abs($1)) }
  #expect(
    worst.allSatisfy { $0 <= tolerance },
    "\(what) is off by \(worst.max() ?? 0)", sourceLocation: sourceLocation)
}
