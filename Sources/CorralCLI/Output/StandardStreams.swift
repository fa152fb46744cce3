import CorralVectors
import Foundation
import Synchronization

/// The streams that every process starts with: input, output and error.
enum StandardStreams {
  /// The number of the first failure to write a result; 0 where all went well.
  private static let outputFailure = Atomic<Int32>(0)

  /// A result that could not be written, and why.
  struct LostOutput: Error, CustomStringConvertible {
    let reason: String

    var description: String {
      "the result could not be written to standard output: \(reason); all else is done"
    }
  }

  /// Makes sure that the three streams are open; the first thing that a program does.
  ///
  /// A stream that is closed would give its number to the next file that is opened, and what is said
  /// would be written into that file. Nothing can be written to an output that was closed, so that
  /// its results are lost with an error; what is said to a closed standard error is dropped.
  static func prepare() {
    let modes = [
      STDIN_FILENO: O_RDONLY, STDOUT_FILENO: O_RDONLY, STDERR_FILENO: O_WRONLY,
    ]
    for (stream, mode) in modes.sorted(by: { $0.key < $1.key }) where fcntl(stream, F_GETFD) < 0 {
      // The system gives the lowest number that is free, and those below are taken by now.
      _ = open("/dev/null", mode)
    }
    // A reader that goes away ends what it reads, and no training.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Writes a part of the result; a failure is kept for `checkOutput`.
  static func output(_ text: String) {
    guard let number = write(text, to: STDOUT_FILENO) else { return }
    _ = outputFailure.compareExchange(expected: 0, desired: number, ordering: .relaxed)
  }

  /// Writes to standard error; a failure is ignored, since nobody could be told.
  static func say(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Throws `LostOutput` when a part of the result could not be written.
  ///
  /// A reader that went away, as `head` does, had enough: that is no failure.
  static func checkOutput() throws {
    let number = outputFailure.load(ordering: .relaxed)
    if number != 0, number != EPIPE { throw LostOutput(reason: SystemReason.text(number)) }
  }

  /// Writes all of a text; returns the error number, or `nil`.
  private static func write(_ text: String, to stream: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        #if canImport(Darwin)
          let written = Darwin.write(stream, part.baseAddress, part.count)
        #else
          let written = Glibc.write(stream, part.baseAddress, part.count)
        #endif
        if written >= 0 {
          rest = rest.dropFirst(written)
        } else if errno == EAGAIN {
          var waiting = pollfd(fd: stream, events: Int16(POLLOUT), revents: 0)
          poll(&waiting, 1, -1)
        } else if errno != EINTR {
          return errno
        }
      }
      return nil
    }
  }
}
