import CorralData
import CorralStreaming
import CorralVectors
import Foundation
import Synchronization
import Testing

/// Something that answers as Redis does, or nearly, to one connection after another.
private final class FakeRedis: Sendable {
  /// What it does after it has answered a transaction.
  enum End { case close, reset }

  let address: RedisAddress
  private let listening: Listening

  /// Listens until it is let go; each transaction gets the next answer, and nothing comes after the last.
  init(_ answers: [[UInt8]], _ end: End) throws {
    let (socket, port) = try boundSocket()
    let listening = Listening(socket)
    self.listening = listening
    address = RedisAddress(host: "127.0.0.1", port: port, stream: "events")
    try #require(listen(socket, 8) == 0)
    Thread.detachNewThread {
      defer { listening.end() }
      for answer in answers {
        let peer = accept(socket, nil, nil)
        guard peer >= 0 else { return }
        var seen: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4_096)
        while !seen.suffix(6).elementsEqual("EXEC\r\n".utf8) {
          let count = read(peer, &block, block.count)
          guard count > 0 else { break }
          seen += block[..<count]
        }
        _ = answer.withUnsafeBytes { write(peer, $0.baseAddress, $0.count) }
        if end == .reset {
          shutdown(peer, Int32(SHUT_WR))
          var lingering = linger(l_onoff: 1, l_linger: 0)
          setsockopt(
            peer, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        }
        close(peer)
      }
    }
  }

  deinit { listening.stop() }

  /// A socket that one thread accepts connections on, and closes, and that another one may stop.
  private final class Listening: Sendable {
    private let socket: Mutex<Int32?>

    init(_ socket: Int32) { self.socket = Mutex(socket) }

    func stop() { socket.withLock { if let socket = $0 { shutdown(socket, Int32(SHUT_RDWR)) } } }

    func end() {
      socket.withLock {
        if let socket = $0 { close(socket) }
        $0 = nil
      }
    }
  }
}

@Suite struct RedisAnswerTests {
  /// The answer to the source's questions after two entries.
  private let answer = Array(
    ("+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n"
      + "*8\r\n$6\r\nlength\r\n:2\r\n$17\r\nlast-generated-id\r\n$3\r\n2-0\r\n"
      + "$13\r\nentries-added\r\n:2\r\n$11\r\nfirst-entry\r\n*2\r\n$3\r\n1-0\r\n*0\r\n"
      + "*0\r\n*1\r\n*2\r\n$6\r\nevents\r\n*2\r\n"
      + "*2\r\n$3\r\n1-0\r\n*4\r\n$4\r\nuser\r\n$3\r\nada\r\n$4\r\nitem\r\n$3\r\ntea\r\n"
      + "*2\r\n$3\r\n2-0\r\n*4\r\n$4\r\nuser\r\n$3\r\nbob\r\n$4\r\nitem\r\n$3\r\ntea\r\n")
      .utf8)

  @Test func `an answer that is whole is read`() throws {
    let server = try FakeRedis([answer, answer], .close)
    let source = try RedisSource(server.address, patience: patience)
    #expect(try source.next(9).map(\.event.user) == ["ada", "bob"])
  }

  /// Without care, the signal of a broken pipe would end the process of the tests.
  @Test func `a server that breaks the connection ends no process`() throws {
    for _ in 0..<20 {
      let server = try FakeRedis([answer], .reset)
      do {
        let source = try RedisSource(server.address, patience: 1)
        #expect(throws: StreamError.self) { try source.next(9) }
      } catch StreamError.unreachable {}
    }
  }

  @Test(arguments: UInt64(0)..<150)
  func `a damaged answer is an error or events, never a trap`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var damaged = answer
    for _ in 0...random.next(below: 3) {
      let place = random.next(below: damaged.count)
      switch random.next(below: 4) {
      case 0: damaged.removeSubrange(place...)
      case 1: damaged.remove(at: place)
      case 2: damaged[place] = UInt8(truncatingIfNeeded: random.next())
      default: damaged[place] = UInt8(ascii: "0") + UInt8(random.next(below: 10))
      }
      if damaged.isEmpty { break }
    }
    // What is missing at the end does not come: the connection is closed.
    let server = try FakeRedis([answer, damaged, damaged], .close)
    let source = try RedisSource(server.address, patience: patience)
    let here = source.position
    do {
      for record in try source.next(9) {
        #expect(!record.event.user.isEmpty && !record.event.item.isEmpty)
      }
    } catch is StreamError {
      #expect(source.position == here)
    }
  }

  @Test func `a server that does not count entries is too old`() throws {
    let text = String(decoding: answer, as: UTF8.self)
      .replacing("$13\r\nentries-added", with: "$13\r\nentries-xxxxx")
    let server = try FakeRedis([Array(text.utf8)], .close)
    #expect(
      throws: StreamError.refused(
        source: server.address.name,
        reason: "it does not count the entries of a stream; use Redis 7 or later")
    ) { _ = try RedisSource(server.address, patience: patience) }
  }
}
