import Foundation
import Synchronization

/// The memory that this process may use, and how it ends when there is no more.
package enum MachineMemory {
  /// The most bytes that this process can have: the machine's memory, or less where a limit of the
  /// process (`ulimit -v`) or of its container says so.
  package static let limit: Int = {
    var limit = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    var process = rlimit()
    #if canImport(Glibc)
      let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &process) == 0
    #else
      let isKnown = getrlimit(RLIMIT_AS, &process) == 0
    #endif
    if isKnown { limit = min(limit, Int(clamping: process.rlim_cur)) }
    for file in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
      let text = try? String(contentsOfFile: file, encoding: .utf8)
      let bytes = text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
      if let bytes, bytes > 0 { limit = min(limit, bytes) }
    }
    return limit
  }()

  /// Ends the process, given what the memory was for, and how many bytes if they are known.
  package typealias Ending = @Sendable (_ what: String, _ bytes: Int?) -> Never

  private static let ending = Mutex<Ending?>(nil)

  /// Sets the function that ends the process when memory is exhausted; the default is a trap.
  ///
  /// Call it once, when a program starts.
  package static func whenExhausted(_ end: @escaping Ending) { ending.withLock { $0 = end } }

  /// Ends the process, because there is no memory for something.
  package static func exhausted(_ what: String, bytes: Int? = nil) -> Never {
    if let end = ending.withLock({ $0 }) { end(what, bytes) }
    fatalError("not enough memory for \(what)")
  }
}
