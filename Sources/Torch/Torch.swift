import CTorch
import CorralVectors

/// libtorch as a whole: version, threads, memory.
package enum Torch {
  /// libtorch's version, such as `2.13.0`.
  package static var version: String { String(cString: ct_version()) }

  /// Whether this libtorch was built with CUDA; `Device.cudaCount` is the number of devices it finds.
  package static var isBuiltWithCUDA: Bool { ct_has_cuda() }

  /// The number of threads inside one operation that the calling thread starts.
  ///
  /// At most 256, or four times the number of cores if that is more.
  package static var threads: Int {
    get { ct_threads() }
    set {
      let threads = min(newValue, Parallel.mostThreads)
      check(ct_set_threads(threads), "threads = \(threads)")
    }
  }

  /// Keeps freed memory in the process; call it once, before training.
  ///
  /// glibc's malloc gives a large block back to the system as soon as it is freed, so that every
  /// step takes page faults for its activations anew: up to 2.5 times slower. The price is that
  /// the process stays as large as it ever was; so load the data before.
  ///
  /// Tensors of 64 KiB or more get regions of their own. Among small blocks that outlive a step,
  /// those of steps of ever different sizes would leave gaps in which nothing fits, and the process
  /// would grow as long as it trains.
  package static func keepMemory() {
    ct_keep_memory()
  }

  /// The bytes of large tensors since `keepMemory()`: those in use, and those asked of the system.
  package static var keptMemory: (used: Int, mapped: Int) {
    var (used, mapped) = (0, 0)
    ct_kept_memory(&used, &mapped)
    return (used, mapped)
  }
}
