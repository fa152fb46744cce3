import CorralData
import CorralStreaming
import Foundation
import LibRedis
import Synchronization
import Testing

/// A Redis of its own that a test starts, stops and asks, with its data in a folder.
final class RedisServer {
  let port: Int
  private let folder: URL
  private let options: [String]
  private var process: Process?
  private var client: UnsafeMutablePointer<redisContext>?

  /// Starts a server that keeps what it is given; a password is asked for if there is one.
  init(_ folder: URL, password: String? = nil) throws {
    self.folder = folder
    port = try freePort()
    options =
      [
        "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder.path, "--save", "",
        "--appendonly", "yes", "--appendfsync", "no", "--logfile", "server.log",
      ] + (password.map { ["--requirepass", $0] } ?? [])
    try start()
    if let password { try ask("AUTH", password) }
  }

  deinit { stop() }

  /// The address of a stream of this server.
  func address(_ stream: String = "events", password: String? = nil) -> RedisAddress {
    RedisAddress(host: "127.0.0.1", port: port, password: password, stream: stream)
  }

  /// A source of a stream, which waits for the server as long as it takes.
  func source(
    _ stream: String = "events", password: String? = nil, deadLetter: URL? = nil
  ) throws -> RedisSource {
    try RedisSource(
      address(stream, password: password), deadLetter: deadLetter, patience: patience)
  }

  /// Starts the server again, with the data that it had, and waits until it answers.
  func start() throws {
    let process = Process()
    process.executableURL = try Self.program()
    process.arguments = options
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    self.process = process
    while true {
      if let client = redisConnect("127.0.0.1", Int32(port)) {
        self.client = client
        if client.pointee.err == 0, try isReady() { return }
        redisFree(client)
        self.client = nil
      }
      guard process.isRunning else {
        throw Problem(words: "redis-server ended: see \(folder.path)/server.log")
      }
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  /// Ends the server at once.
  func stop() {
    if let client { redisFree(client) }
    client = nil
    guard let process, process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Holds the server still, so that it takes what is sent and answers nothing.
  func freeze() { signal(SIGSTOP) }

  /// Lets a server go on that was held still.
  func thaw() { signal(SIGCONT) }

  /// Asks the server; an error that it answers is thrown.
  @discardableResult
  func ask(_ words: String...) throws -> String { try ask(words) }

  /// Asks the server; an error that it answers is thrown.
  @discardableResult
  func ask(_ words: [String]) throws -> String {
    let copies = words.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    var arguments = copies.map { UnsafePointer($0) }
    guard let client,
      let found = redisCommandArgv(client, Int32(words.count), &arguments, words.map(\.utf8.count))
    else { throw Problem(words: "the server of the test gives no answer to \(words)") }
    defer { freeReplyObject(found) }
    let reply = found.assumingMemoryBound(to: redisReply.self).pointee
    let text = reply.str.map { String(cString: $0) } ?? "\(reply.integer)"
    if reply.type == REDIS_REPLY_ERROR { throw Problem(words: text) }
    return text
  }

  /// Appends entries, each of names and values by turns, and returns their ids.
  @discardableResult
  func add(entries: [[String]], to stream: String = "events") throws -> [String] {
    try entries.map { try ask(["XADD", stream, "*"] + $0) }
  }

  /// Appends events, and returns the ids of their entries.
  @discardableResult
  func add(_ events: some Sequence<StreamEvent>) throws -> [String] {
    try add(entries: events.map(Self.fields))
  }

  /// The names and values of an event.
  private static func fields(_ event: StreamEvent) -> [String] {
    ["user", event.user, "item", event.item] + (event.type.map { ["type", $0] } ?? [])
      + (event.value.map { ["value", "\($0)"] } ?? [])
      + (event.time.map { ["time", "\($0)"] } ?? [])
  }

  private func isReady() throws -> Bool {
    do { return try ask("PING") == "PONG" } catch let problem as Problem {
      return problem.words.hasPrefix("NOAUTH")
    }
  }

  private func signal(_ number: Int32) {
    if let process { kill(process.processIdentifier, number) }
  }

  /// The program: that of `make test`, or the one that is installed.
  private static func program() throws -> URL {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let places =
      [root.appendingPathComponent(".deps/redis")]
      + path.split(separator: ":").map { URL(fileURLWithPath: String($0)) }
    for place in places {
      let file = place.appendingPathComponent("redis-server")
      if FileManager.default.isExecutableFile(atPath: file.path) { return file }
    }
    throw Problem(
      words: "there is no redis-server, which this test starts: run Scripts/configure --for-tests,"
        + " or install it (brew install redis)")
  }

  struct Problem: Error, CustomStringConvertible {
    let words: String
    var description: String { words }
  }
}

/// A port of this machine that nothing listens on, another one each time.
func freePort() throws -> Int {
  while true {
    let (socket, port) = try boundSocket()
    close(socket)
    if givenPorts.withLock({ $0.insert(port).inserted }) { return port }
  }
}

private let givenPorts = Mutex<Set<Int>>([])

/// A socket on a port of its own, on which nobody listens yet.
func boundSocket() throws -> (socket: Int32, port: Int) {
  let socket = Foundation.socket(AF_INET, Int32(streamKind), 0)
  var place = sockaddr_in()
  place.sin_family = sa_family_t(AF_INET)
  place.sin_addr.s_addr = inet_addr("127.0.0.1")
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = withUnsafeMutablePointer(to: &place) { place in
    place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
    }
  }
  try #require(isBound)
  return (socket, Int(UInt16(bigEndian: place.sin_port)))
}

#if os(Linux)
  private let streamKind = SOCK_STREAM.rawValue
#else
  private let streamKind = SOCK_STREAM
#endif
