import CorralHTTP
import CorralTesting
import Foundation
import HTTPTypes
import Hummingbird
import Testing

@Suite struct SafetyTests {
  private let readKey = "r-0123456789abcdef"
  private let adminKey = "a-0123456789abcdef"

  @Test func `keys come from the environment and from a file`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "keys")
      try Data("# people\nread \(readKey)\n\n  admin\t\(adminKey)\r\n".utf8).write(to: file)
      let keys = try Keys(
        environment: ["CORRAL_WRITE_KEY": "w-0123456789abcdef"], file: file.path)
      #expect(keys.scope(of: readKey) == .read)
      #expect(keys.scope(of: "w-0123456789abcdef") == .write)
      #expect(keys.scope(of: adminKey) == .admin)
      for wrong in ["", "r", readKey + "x", String(readKey.dropLast()), readKey + readKey] {
        #expect(keys.scope(of: wrong) == nil)
      }
      #expect(!keys.isEmpty && Keys().isEmpty)
    }
  }

  @Test(arguments: ["read", "reed 0123456789abcdef", "read 0123456789abcdef more", "read short"])
  func `a file of keys that cannot be used is refused without showing a key`(line: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "keys")
      try Data((line + "\n").utf8).write(to: file)
      let fault = #expect(throws: Keys.Fault.self) { try Keys(environment: [:], file: file.path) }
      #expect(fault!.description.contains("keys:1"))
      #expect(!fault!.description.contains("0123") && !fault!.description.contains("short"))
    }
  }

  @Test func `a key is found in either header`() {
    #expect(Keys.presented(in: [.authorization: "Bearer abc"]) == "abc")
    #expect(Keys.presented(in: [.authorization: "bearer abc"]) == "abc")
    #expect(Keys.presented(in: [.authorization: "Basic abc"]) == nil)
    #expect(Keys.presented(in: [HTTPField.Name("x-api-key")!: "abc"]) == "abc")
    #expect(Keys.presented(in: [:]) == nil)
  }

  @Test func `a sender that comes too fast waits, and others do not`() {
    let limiter = RateLimiter(rate: 2, burst: 3)
    let start = ContinuousClock.now
    for _ in 0..<3 { #expect(limiter.wait(of: 1, at: start) == nil) }
    #expect(limiter.wait(of: 1, at: start) == 1)
    #expect(limiter.wait(of: 2, at: start) == nil)
    #expect(limiter.wait(of: 1, at: start + .milliseconds(500)) == nil)
    #expect(limiter.wait(of: 1, at: start + .milliseconds(500)) == 1)
    #expect(RateLimiter(rate: 0.1, burst: 1).wait(of: 1, at: start) == nil)
  }

  @Test func `the wait for a slow rate is whole seconds`() {
    let limiter = RateLimiter(rate: 0.1, burst: 1)
    let start = ContinuousClock.now
    #expect(limiter.wait(of: 1, at: start) == nil)
    #expect(limiter.wait(of: 1, at: start) == 10)
  }

  @Test func `bodies share a budget`() {
    let budget = BodyBudget(100)
    #expect(budget.take(60) && !budget.take(60))
    budget.give(60)
    #expect(budget.take(200) && !budget.take(1))
  }

  @Test(arguments: [
    ("127.0.0.1:8088", "127.0.0.1", 8088, true), ("localhost:0", "localhost", 0, true),
    ("[::1]:1", "::1", 1, true), ("0.0.0.0:80", "0.0.0.0", 80, false),
    ("[::]:80", "::", 80, false), ("127.0.0.1.example.com:80", "127.0.0.1.example.com", 80, false),
    ("127.evil:80", "127.evil", 80, false),
  ])
  func `addresses are read`(text: String, host: String, port: Int, isLoopback: Bool) throws {
    let address = try #require(ListenAddress(text))
    #expect(address.host == host && address.port == port && address.isLoopback == isLoopback)
    #expect(address.description == text)
  }

  @Test(arguments: ["", "8088", ":8088", "host", "host:99999", "host:-1", "::1:80", "a b:1"])
  func `what is no address is refused`(text: String) { #expect(ListenAddress(text) == nil) }
}
