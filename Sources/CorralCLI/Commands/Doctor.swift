import ArgumentParser
import CKernels
import CorralPipeline
import CorralText
import CorralVectors
import Foundation
import Torch

/// `corral doctor`: what is installed, what it runs on, and what is missing.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what is installed, what it runs on, and what is missing.")

  @OptionGroup var output: OutputOptions

  func run() throws {
    let console = output.console
    let findings = Findings()
    try console.printJSON(findings)
    var table = Table([("", .left), ("", .left)])
    for (name, value) in findings.rows { table.add([name, value]) }
    console.print(table.rendered(console.style, headed: false))
    console.print()
    for problem in findings.problems {
      console.print("\(console.style.warning("!")) \(problem.what)")
      console.print("  to change it: \(problem.fix)")
    }
    if findings.problems.isEmpty { console.print(console.style.good("Nothing is missing.")) }
    console.suggest([("corral quickstart", "recommendations from a generated catalogue")])
  }
}

/// What this program, its libraries and this machine are.
private struct Findings: Encodable {
  struct Problem: Encodable {
    let what: String
    let fix: String
  }

  let corral = Version.text
  let libtorch = Torch.version
  let kernels = Kernels.level
  let device = Device.cudaCount > 0 ? "cuda" : "cpu"
  let cudaBuilt = Torch.isBuiltWithCUDA
  let cudaDevices = Device.cudaCount
  let torchThreads = Torch.threads
  let threads = Parallel.threads
  let cores = ProcessInfo.processInfo.activeProcessorCount
  let memoryBytes = Int(clamping: ProcessInfo.processInfo.physicalMemory)
  let system = ProcessInfo.processInfo.operatingSystemVersionString
  let problems: [Problem]

  private enum CodingKeys: String, CodingKey {
    case corral, libtorch, kernels, device, threads, cores, system, problems
    case cudaBuilt = "cuda_built"
    case cudaDevices = "cuda_devices"
    case torchThreads = "torch_threads"
    case memoryBytes = "memory_bytes"
  }

  init() {
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
  var rows: [(String, String)] {
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
