import CKernels
import CorralText
import CorralVectors
import Foundation
import Torch

/// What this program, its libraries and this machine are.
package struct MachineFindings: Encodable {
  package struct Problem: Encodable {
    package let what: String
    package let fix: String
  }

  package let corral = Version.text
  package let libtorch = Torch.version
  package let kernels = Kernels.level
  package let device = Device.cudaCount > 0 ? "cuda" : "cpu"
  package let cudaBuilt = Torch.isBuiltWithCUDA
  package let cudaDevices = Device.cudaCount
  package let torchThreads = Torch.threads
  package let threads = Parallel.threads
  package let cores = ProcessInfo.processInfo.activeProcessorCount
  package let memoryBytes = Int(clamping: ProcessInfo.processInfo.physicalMemory)
  package let system = ProcessInfo.processInfo.operatingSystemVersionString
  package let problems: [Problem]

  private enum CodingKeys: String, CodingKey {
    case corral, libtorch, kernels, device, threads, cores, system, problems
    case cudaBuilt = "cuda_built"
    case cudaDevices = "cuda_devices"
    case torchThreads = "torch_threads"
    case memoryBytes = "memory_bytes"
  }

  package init() {
    var problems: [Problem] = []
    let hasDriver = FileManager.default.fileExists(atPath: "/dev/nvidiactl")
    if hasDriver, !Torch.isBuiltWithCUDA {
      problems.append(
        Problem(
          what: "this machine has an NVIDIA card, but this libtorch is built for the processor",
          fix: "LIBTORCH=/path/to/a/CUDA/libtorch make build"))
    } else if hasDriver, Device.cudaCount == 0 {
      problems.append(
        Problem(
          what: "this machine has an NVIDIA card, but libtorch cannot use it",
          fix: "check the driver with nvidia-smi"))
    }
    if ProcessInfo.processInfo.physicalMemory < 2_000_000_000 {
      problems.append(
        Problem(
          what: "less than 2 GB of memory: training on large files may not fit",
          fix: "use a smaller file, or raise data.filter"))
    }
    self.problems = problems
  }

  /// The findings as a person reads them.
  package var rows: [(String, String)] {
    let cuda =
      switch (cudaBuilt, cudaDevices) {
      case (false, _): "this libtorch is built without CUDA"
      case (true, 0): "built with CUDA, no device found"
      case (true, let count): Format.counted(count, "CUDA device")
      }
    return [
      ("corral", corral), ("libtorch", libtorch), ("device", "\(device) (\(cuda))"),
      ("kernels", kernels),
      ("threads", "\(threads) of \(Format.counted(cores, "core")), libtorch \(torchThreads)"),
      ("memory", Format.bytes(memoryBytes)), ("system", system),
    ]
  }
}

/// What the inner loops are compiled to on this processor.
private enum Kernels {
  static var level: String {
    switch ck_active_level() {
    case CK_AVX512: "AVX-512"
    case CK_AVX2: "AVX2"
    case CK_NEON: "NEON"
    default: "plain C"
    }
  }
}
