import CorralData
import CorralStore
import CorralStreaming
import CorralTesting
import Foundation
import Testing

@Suite struct EventAddressTests {
  @Test func `addresses of servers are read`() throws {
    #expect(
      try EventAddress("redis://localhost?stream=clicks")
        == .redis(RedisAddress(host: "localhost", stream: "clicks")))
    #expect(
      try EventAddress("redis://ada:p%40ss@[::1]:7000/3?stream=a%20b")
        == .redis(
          RedisAddress(
            host: "::1", port: 7000, user: "ada", password: "p@ss", database: 3, stream: "a b")))
    #expect(
      try EventAddress("kafka://a:9092,b:9093/clicks?security.protocol=ssl")
        == .kafka(
          KafkaAddress(
            brokers: ["a:9092", "b:9093"], topic: "clicks", settings: ["security.protocol": "ssl"])
        ))
    #expect(try EventAddress("-") == .input)
  }

  @Test(arguments: [
    ("redis://?stream=x", "it names no host"),
    ("redis://h/x?stream=x", "the database 'x' is not a number"),
    ("redis://h/0", "it does not name one stream"),
    ("redis://h/0?stream=x&group=y", "nothing is known of 'group'"),
    ("kafka:///t", "it names no broker"), ("kafka://a:1,/t", "it names no broker"),
    ("kafka://a:1", "it does not name one topic"),
    ("kafka://a:1/t/u", "it does not name one topic"),
    ("kafka://a:1/t?enable.auto.commit=true", "the setting 'enable.auto.commit' is not free"),
    ("mqtt://broker/topic", "'mqtt' is unknown; give redis://"), ("", "give redis://"),
  ])
  func `an address that names no source says why`(address: String, reason: String) throws {
    let error = #expect(throws: StreamError.self) { _ = try EventAddress(address) }
    guard case .badAddress(_, let found) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found.hasPrefix(reason), "\(found)")
  }

  @Test func `a password is in no error`() {
    for address in [
      "redis://:sesame@h/x?stream=y", "redis://ada:sesame@h?group=y",
      "kafka://a/t/u?sasl.password=sesame", "rediss://:sesame@h/0?stream=x",
    ] {
      let error = #expect(throws: StreamError.self) { _ = try EventAddress(address) }
      #expect(error.map { "\($0)".contains("sesame") } == false)
    }
  }

  @Test func `a store, a folder without one, a file and servers are told apart and opened`()
    async throws
  {
    try await withTemporaryFolder { folder in
      let events = madeUpEvents(5, seed: 1)
      let directory = folder.appendingPathComponent("model.store")
      let store = try Store(directory)
      _ = try await store.append(stored(events))
      try store.close()
      let file = folder.appendingPathComponent("events.jsonl")
      LogWriter(file).write(Style.jsonl.text(events))
      let server = try RedisServer(folder)
      try server.add(events)
      let cluster = try KafkaCluster()
      try cluster.make()
      try cluster.add(events)
      for address in [
        directory.path, file.path, server.address().name, cluster.address().name,
      ] {
        let source = try EventAddress(address).open(patience: patience)
        var read = try source.next(2, waiting: patience)
        while read.count < 2 { read += try source.next(2 - read.count, waiting: patience) }
        let other = try EventAddress(address).open(patience: patience, at: saved(source.position))
        while read.count < 5 { read += try other.next(9, waiting: patience) }
        #expect(read.map(\.event) == events, "\(address)")
      }
      let error = #expect(throws: StreamError.self) { _ = try EventAddress(folder.path) }
      #expect(
        error.map { "\($0)" } == """
          '\(folder.path)' is no address of a stream of events: the directory holds no events.sqlite, \
          so it is no server's store; give redis://host:port/database?stream=KEY, \
          kafka://host:port/TOPIC, the directory of a server's store, a file, or - for standard input
          """)
    }
  }
}
