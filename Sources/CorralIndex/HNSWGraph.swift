import CHNSW
import CKernels

/// Owns a graph of `CHNSW`, which never changes once it is made.
final class HNSWGraph: Sendable {
  // Searched by any thread, changed by none, freed when nobody holds it any longer.
  nonisolated(unsafe) let handle: OpaquePointer

  /// Owns the graph that a C function makes; throws the message of a function that fails.
  init(_ make: (UnsafeMutablePointer<OpaquePointer?>) -> Bool) throws {
    var handle: OpaquePointer?
    guard make(&handle), let handle else {
      throw IndexError.failed(reason: String(cString: chnsw_last_error()))
    }
    self.handle = handle
  }

  /// The fastest kernels of this processor.
  static var kernels: chnsw_kernels {
    chnsw_kernels(
      distances: ck_negative_dots(ck_active_level()), score: ck_score(ck_active_level()),
      prefer_large_pages: ck_prefer_large_pages)
  }

  deinit { chnsw_free(handle) }
}
