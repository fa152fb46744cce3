import Foundation
import Synchronization

/// Ctrl-C while something runs that can be continued later: it is asked to save and stop.
///
/// The second Ctrl-C ends the process at once.
enum Interruption {
  private static let isRaised = Atomic<Bool>(false)

  /// Starts listening to Ctrl-C and to the request to terminate.
  static func listen() {
    // The handler may run at any moment, so what it touches is made before it can.
    isRaised.store(false, ordering: .relaxed)
    for name in [SIGINT, SIGTERM] {
      signal(name) { _ in
        if Interruption.isRaised.exchange(true, ordering: .relaxed) { _exit(Failure.stopped) }
      }
    }
  }

  /// Whether somebody asked for the end.
  static var isRequested: Bool { isRaised.load(ordering: .relaxed) }
}
