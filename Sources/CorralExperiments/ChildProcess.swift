import Foundation

/// This program in a process of its own, whose memory is measured separately.
struct ChildProcess {
  /// The exit code.
  let code: Int32
  /// Its peak memory, in bytes.
  let peakMemory: Int

  /// Runs `corral` with some arguments and waits for its end.
  ///
  /// Its standard output is dropped, its notes and errors are shown. Throws `ExperimentError` if the
  /// process cannot be started.
  init(_ arguments: [String]) throws {
    let path = try Self.program
    var pointers = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    #if os(Linux)
      var actions = posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    let error = posix_spawn(&process, path, &actions, nil, &pointers, environ)
    guard error == 0 else {
      throw ExperimentError("cannot start \(path): \(String(cString: strerror(error)))")
    }
    var (status, usage) = (Int32(), rusage())
    while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
    // The low seven bits hold the signal that ended it, the next byte its exit code.
    code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
    #if os(Linux)
      peakMemory = Int(usage.ru_maxrss) * 1024
    #else
      peakMemory = Int(usage.ru_maxrss)
    #endif
  }

  private static var program: String {
    get throws {
      guard let path = Bundle.main.executableURL?.path else {
        throw ExperimentError("this program does not know its own file")
      }
      return path
    }
  }
}
