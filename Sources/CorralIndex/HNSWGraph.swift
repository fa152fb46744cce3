import CHNSW
import CKernels

/// Owns a graph of the C surface, which never changes once it is made.
final class HNSWGraph: Sendable {
  // Searched by any thread, changed by none, freed when nobody holds it any longer.
  nonisolated(unsafe) let handle: OpaquePointer

  /// Takes over the graph that a C function makes; throws its message.
  init(_ make: (UnsafeMutablePointer<OpaquePointer?>) -> Bool) throws {
    var handle: OpaquePointer?
    guard make(&handle), let handle else {
      throw IndexError.failed(reason: String(cString: chnsw_last_error()))
    }
    self.handle = handle
  }

  /// What graphs compute with on this processor.
  static var kernels: chnsw_kernels {
    chnsw_kernels(
      distance: ck_negative_dot(), score: ck_score, prefer_large_pages: ck_prefer_large_pages)
  }

  deinit { chnsw_free(handle) }
}
