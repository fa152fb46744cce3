import CorralCLI
import Foundation
import Testing

@Suite struct ServiceClientTests {
  /// Reads an answer that came in two parts, after which the other side closed the connection.
  private func read(_ text: String) throws -> (reply: ServiceClient.Reply?, canGoOn: Bool) {
    var ends: [Int32] = [0, 0]
    #if canImport(Darwin)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue)
    #endif
    try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
    defer { close(ends[0]) }
    let bytes = Array(text.utf8)
    for part in [bytes.prefix(bytes.count / 2), bytes.dropFirst(bytes.count / 2)] {
      try #require(part.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) } == part.count)
    }
    close(ends[1])
    var reader = ReplyReader(socket: ends[0])
    return (try reader.reply(), reader.canGoOn)
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true),
    ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nConnection: close\r\n\r\nhello", false),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\n\r\n", true),
    ("HTTP/1.1 200 OK\r\n\r\nhello", false),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\nContent-Length: 5\n\nhello", true),
  ])
  func `an answer is read by its length, in chunks or to the end`(
    text: String, canGoOn: Bool
  ) throws {
    let found = try read(text)
    #expect(found.reply?.status == 200 && found.reply?.body == Array("hello".utf8))
    #expect(found.canGoOn == canGoOn)
  }

  @Test func `a closed connection has no answer, and an answer can be empty`() throws {
    #expect(try read("").reply == nil)
    let empty = try read("HTTP/1.1 204 No Content\r\nX-Kind:  none \r\n\r\n")
    #expect(empty.reply?.body == [] && empty.reply?.headers["x-kind"] == "none" && empty.canGoOn)
  }

  @Test(arguments: [
    ("SSH-2.0-OpenSSH\r\n\r\n", "status of HTTP/1.1"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "cut short"),
    ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "the length '-1'"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "a chunk of 'x' bytes"),
    ("HTTP/1.1 200 OK\r\nContent-Le", "cut short"),
  ])
  func `what is no answer is refused with its reason`(text: String, reason: String) throws {
    let fault = #expect(throws: ReplyReader.Fault.self) { try read(text) }
    guard case .broken(let said) = fault else {
      Issue.record("\(String(describing: fault))")
      return
    }
    #expect(said.contains(reason))
  }

  @Test(arguments: [
    ("http://127.0.0.1:8088", "127.0.0.1", 8088, ""), ("HTTP://host/", "host", 80, ""),
    ("http://[::1]:9/below/it/", "::1", 9, "/below/it"),
  ])
  func `an address has a host, a port and a path`(
    text: String, host: String, port: Int, path: String
  ) throws {
    let address = try ServiceAddress(text)
    #expect(address.host == host && address.port == port && address.path == path)
  }

  @Test(arguments: ["", "host", "https://host", "http://", "http://host?x=1", "http://host:0"])
  func `what is no address is refused`(text: String) {
    #expect(throws: (any Error).self) { try ServiceAddress(text) }
  }
}
