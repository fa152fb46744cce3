import CTorch
import CorralVectors

/// libtorch as a whole: version, threads, seeds, memory.
public enum Torch {
  /// libtorch's version, such as `2.13.0`.
  public static var version: String { String(cString: ct_version()) }

  /// Whether this libtorch was built with CUDA; `Device.cudaCount` tells what it finds.
  public static var isBuiltWithCUDA: Bool { ct_has_cuda() }

  /// The number of threads inside one operation that the calling thread starts, 256 or four times the
  /// cores at most.
  public static var threads: Int {
    get { ct_threads() }
    set {
      let threads = min(newValue, Parallel.mostThreads)
      check(ct_set_threads(threads), "threads = \(threads)")
    }
  }

  /// Seeds what dropout draws, for one step of a run: the same seed and step give the same masks.
  ///
  /// A training step that seeds with its own number draws, after a resume, what it would have drawn.
  public static func seed(_ seed: UInt64, step: Int = 0) {
    check(ct_seed(mixed(seed, stream: UInt64(truncatingIfNeeded: step))), "seed")
  }

  /// Keeps freed memory in the process, to be called once before training.
  ///
  /// glibc's malloc gives a large block back to the system as soon as it is freed, so that every
  /// step takes page faults for its activations anew: up to 2.5 times slower. The price is that
  /// the process stays as large as it ever was; so load the data before.
  ///
  /// Tensors of 64 KiB or more get regions of their own. Among small blocks that outlive a step,
  /// those of steps of ever different sizes would leave gaps in which nothing fits, and the process
  /// would grow as long as it trains.
  public static func keepMemory() {
    ct_keep_memory()
  }

  /// The bytes of large tensors since `keepMemory()`: in use now, and asked of the system so far.
  public static var keptMemory: (used: Int, mapped: Int) {
    var (used, mapped) = (0, 0)
    ct_kept_memory(&used, &mapped)
    return (used, mapped)
  }
}
