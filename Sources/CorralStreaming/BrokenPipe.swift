import Foundation

/// Calls a function that writes to a socket; a peer that has gone away does not end the process.
///
/// hiredis writes without the flag that keeps the signal away.
func withoutBrokenPipe<Result>(_ body: () throws -> Result) rethrows -> Result {
  var (pipe, pending, before) = (sigset_t(), sigset_t(), sigset_t())
  sigemptyset(&pipe)
  sigaddset(&pipe, SIGPIPE)
  sigpending(&pending)
  let wasPending = sigismember(&pending, SIGPIPE) == 1
  pthread_sigmask(SIG_BLOCK, &pipe, &before)
  defer {
    sigpending(&pending)
    if !wasPending, sigismember(&pending, SIGPIPE) == 1 {
      var number: Int32 = 0
      sigwait(&pipe, &number)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }
  return try body()
}
