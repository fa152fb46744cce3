import CorralVectors
import Foundation
import LibRedis

/// A connection to Redis, which takes no longer to answer than it may.
///
/// After an error of its own it is of no use; an error that Redis answers leaves it as it was.
final class RedisConnection {
  /// `REDIS_ERR_TIMEOUT`, which hiredis names from version 1 on.
  private static let timedOut: Int32 = 6

  private let name: String
  private let patience: Double
  private let context: UnsafeMutablePointer<redisContext>

  /// Connects, names the password and chooses the database.
  ///
  /// - Parameters:
  ///   - address: the server.
  ///   - patience: how long connecting, or an answer, may take, in seconds.
  /// - Throws: `StreamError.unreachable`, or `StreamError.refused` for a wrong password.
  init(_ address: RedisAddress, patience: Double) throws {
    name = address.name
    self.patience = patience
    let whole = patience.rounded(.down)
    let time = timeval(
      tv_sec: .init(whole), tv_usec: .init(max(1, ((patience - whole) * 1e6).rounded(.down))))
    guard let context = redisConnectWithTimeout(address.host, Int32(clamping: address.port), time)
    else { throw StreamError.unreachable(source: name, reason: "no memory is left") }
    self.context = context
    if context.pointee.err != 0 { throw failure() }
    redisSetTimeout(context, time)
    redisEnableKeepAlive(context)
    if let password = address.password {
      _ = try run(["AUTH"] + (address.user.map { [$0] } ?? []) + [password])
    }
    if address.database != 0 { _ = try run(["SELECT", "\(address.database)"]) }
  }

  deinit { redisFree(context) }

  /// The answer to a command.
  ///
  /// - Throws: `StreamError.unreachable`, and `StreamError.refused` for an answer that is an error.
  func run(_ command: [String]) throws -> RedisReply {
    let reply = try withoutBrokenPipe {
      append(command)
      return try answer()
    }
    if case .error(let text) = reply { throw refusal(text) }
    return reply
  }

  /// The answers to commands that Redis carries out without others in between; errors are among them.
  ///
  /// - Throws: as `run` does.
  func runTogether(_ commands: [[String]]) throws -> [RedisReply] {
    let replies = try withoutBrokenPipe {
      for command in [["MULTI"]] + commands + [["EXEC"]] { append(command) }
      return try (0..<commands.count + 2).map { _ in try answer() }
    }
    for case .error(let text) in replies { throw refusal(text) }
    guard let answers = replies.last?.elements, answers.count == commands.count else {
      throw StreamError.refused(source: name, reason: "it gave \(replies.count) strange answers")
    }
    return answers
  }

  /// What an error that Redis answered means.
  func refusal(_ text: String) -> StreamError {
    let code = text.prefix { $0 != " " }
    return ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN"].contains(code)
      ? .unreachable(source: name, reason: "it answers '\(text)'")
      : .refused(source: name, reason: "it answers '\(text)'")
  }

  /// Puts a command into the buffer of what is to be sent.
  private func append(_ command: [String]) {
    let lengths = command.map(\.utf8.count)
    command.joined().utf8CString.withUnsafeBufferPointer { text in
      var place = 0
      var words: [UnsafePointer<CChar>?] = lengths.map { length in
        defer { place += length }
        return text.baseAddress.map { $0 + place }
      }
      _ = redisAppendCommandArgv(context, Int32(words.count), &words, lengths)
    }
  }

  /// Sends what is to be sent, and takes the next answer.
  private func answer() throws -> RedisReply {
    var found: UnsafeMutableRawPointer?
    guard redisGetReply(context, &found) == REDIS_OK, let found else { throw failure() }
    defer { freeReplyObject(found) }
    guard let reply = RedisReply(found.assumingMemoryBound(to: redisReply.self)) else {
      throw StreamError.refused(source: name, reason: "it gave an answer of an unknown kind")
    }
    return reply
  }

  private func failure() -> StreamError {
    let number = errno
    let reason: String
    switch context.pointee.err {
    case Self.timedOut: reason = "no answer came within \(patience) s"
    case REDIS_ERR_IO where number == EAGAIN || number == EWOULDBLOCK || number == ETIMEDOUT:
      reason = "no answer came within \(patience) s"
    case REDIS_ERR_EOF: reason = "it closed the connection"
    case REDIS_ERR_PROTOCOL: reason = "what answers does not speak as Redis does"
    default:
      reason = withUnsafeBytes(of: context.pointee.errstr) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
    return .unreachable(source: name, reason: reason)
  }
}
