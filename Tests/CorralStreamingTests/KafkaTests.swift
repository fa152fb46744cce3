import CorralData
import CorralStreaming
import CorralTesting
import CorralVectors
import Foundation
import Testing

@Suite struct KafkaTests {
  @Test func `a topic of one partition keeps the contract of sources`() throws {
    let cluster = try KafkaCluster()
    try cluster.make()
    let events = madeUpEvents(300, seed: 1)
    try cluster.add(events)
    try expectSourceContract(of: events, seed: 2) { try cluster.source() }
  }

  @Test func `a topic that waits is given what comes`() async throws {
    let cluster = Shared(try KafkaCluster())
    try cluster.value.make()
    let address = cluster.value.address()
    try await expectWaiting(for: madeUpEvents(20, seed: 3)) {
      try KafkaSource(address, patience: patience)
    } send: { event in
      do { try cluster.value.add([event]) } catch { Issue.record(error) }
    }
  }

  @Test func `all partitions are read, each in its order, and from any place once`() throws {
    let cluster = try KafkaCluster(brokers: 2)
    try cluster.make(partitions: 3)
    var parts: [[StreamEvent]] = []
    for partition in 0..<3 {
      parts.append(
        (0..<70 + partition * 20).map {
          StreamEvent(user: "\(partition)", item: "\($0)", type: "click")
        })
      try cluster.add(parts[partition], partition: partition)
    }
    let count = parts.map(\.count).reduce(0, +)
    var random = SeededGenerator(seed: 4)
    let source = try cluster.source()
    #expect(try source.lag() == StreamLag(events: count))
    let records = try source.read(count, random: &random)
    #expect(try source.next(9).isEmpty)
    #expect(try source.lag() == StreamLag(events: 0))
    func part(_ records: [StreamRecord], _ partition: Int) -> [StreamEvent] {
      records.map(\.event).filter { $0.user == "\(partition)" }
    }
    for partition in 0..<3 { #expect(part(records, partition) == parts[partition]) }
    for place in [1, 60, 61, 150, count - 1] {
      let again = try cluster.source()
      try again.seek(to: saved(records[place - 1].position))
      let rest = try again.read(count - place, random: &random)
      #expect(try again.next(9).isEmpty)
      for partition in 0..<3 {
        let before = part(Array(records[..<place]), partition)
        #expect(before + part(rest, partition) == parts[partition])
      }
    }
  }

  @Test func `a partition that is newer than a checkpoint is read from its beginning`() throws {
    let cluster = try KafkaCluster()
    try cluster.make(partitions: 2)
    let events = madeUpEvents(20, seed: 5)
    try cluster.add(Array(events[..<12]), partition: 0)
    try cluster.add(Array(events[12...]), partition: 1)
    let source = try cluster.source()
    guard case .kafka(var place) = source.position else {
      Issue.record("\(source.position)")
      return
    }
    // A checkpoint of the time when there was one partition.
    place.offsets = [7]
    try source.seek(to: saved(.kafka(place)))
    var random = SeededGenerator(seed: 6)
    let items = try source.read(13, random: &random).map(\.event.item)
    #expect(items.sorted() == events[7...].map(\.item).sorted())
    #expect(try source.next(9).isEmpty)
    place.offsets = [12, 8]
    #expect(source.position == .kafka(place))
  }

  @Test func `a bad record stops the source with its place, or goes to the dead letter`() throws {
    try withTemporaryFolder { folder in
      let cluster = try KafkaCluster()
      try cluster.make()
      let texts = [
        #"{"user": "ada", "item": "tea"}"#, "", #"{"user": "bob"}"#, "\u{0}",
        "{\n  \"user\": \"eve\",\n  \"item\": \"tea\"\n}\n",
      ]
      try cluster.add(texts)
      let source = try cluster.source()
      #expect(try source.next(9, waiting: patience).map(\.event.user) == ["ada"])
      let here = source.position
      for _ in 0..<2 {
        #expect(
          throws: StreamError.badRecord(
            source: cluster.address().name, place: "offset 2 of partition 0",
            reason: "column 'item' is empty")
        ) { try source.next(9, waiting: patience) }
      }
      #expect(source.position == here)
      let letters = folder.appendingPathComponent("letters")
      let other = try cluster.source(deadLetter: letters)
      var random = SeededGenerator(seed: 7)
      #expect(try other.read(2, random: &random).map(\.event.user) == ["ada", "eve"])
      let contents = try DeadLetter.contents(of: letters)
      #expect(contents.letters.map(\.text) == [texts[2], texts[3]])
      #expect(other.deadLetters == 2)
    }
  }

  @Test func `brokers that go down are told of, and read on when they are up again`() throws {
    let cluster = try KafkaCluster(brokers: 2)
    try cluster.make(partitions: 2)
    let events = madeUpEvents(40, seed: 8)
    try cluster.add(Array(events[..<10]), partition: 0)
    try cluster.add(Array(events[10..<20]), partition: 1)
    let source = try untilReached { try KafkaSource(cluster.address(), patience: 0.5) }
    var items: [String] = []
    while items.count < 20 {
      items += try untilReached { try source.next(9, waiting: 0.05).map(\.event.item) }
    }
    // Now both partitions have told that they ended, and no answer is awaited.
    #expect(try untilReached { try source.next(9) }.isEmpty)
    let here = source.position
    cluster.stop()
    // It is known when a connection breaks.
    var errors = 0
    while errors < 3 {
      do {
        #expect(try source.next(9, waiting: 0.05).isEmpty)
      } catch StreamError.unreachable { errors += 1 }
    }
    #expect(throws: StreamError.self) { try source.lag() }
    #expect(source.position == here)
    cluster.start()
    try cluster.add(Array(events[20..<30]), partition: 0)
    try cluster.add(Array(events[30...]), partition: 1)
    while items.count < 40 {
      items += try untilReached { try source.next(7, waiting: 0.05).map(\.event.item) }
    }
    #expect(items.sorted() == events.map(\.item).sorted())
    #expect(try untilReached { try source.next(9) }.isEmpty)
  }

  @Test func `records that were removed before they were read are missed, each time`() throws {
    let cluster = try KafkaCluster()
    try cluster.make()
    let small = madeUpEvents(3, seed: 10)
    for event in small { try cluster.add([event]) }
    let source = try cluster.source()
    let start = source.position
    var random = SeededGenerator(seed: 11)
    let records = try source.read(3, random: &random)
    #expect(records.map(\.event) == small)
    // A broker of the tests keeps 5 MB.
    let padding = String(repeating: "x", count: 500_000)
    for number in 0..<24 {
      try cluster.add([#"{"user": "u", "item": "\#(number)", "padding": "\#(padding)"}"#])
    }
    let fresh = try cluster.source()
    guard case .kafka(let first) = fresh.position else {
      Issue.record("\(fresh.position)")
      return
    }
    try #require(first.offsets[0] > 4)
    #expect(
      throws: StreamError.gone(
        position: start, reason: "partition 0 begins with offset \(first.offsets[0]) now")
    ) { try fresh.seek(to: start) }
    #expect(fresh.position == .kafka(first))
    #expect(
      try fresh.read(27 - Int(first.offsets[0]), random: &random).map(\.event.item)
        == (Int(first.offsets[0]) - 3..<24).map { "\($0)" })
  }

  @Test func `a source that falls behind what is removed says so, each time`() throws {
    let cluster = try KafkaCluster()
    try cluster.make()
    // The client takes no more than this at a time, so the rest is there still when it is removed.
    var address = cluster.address()
    address.settings["queued.max.messages.kbytes"] = "1"
    address.settings["queued.min.messages"] = "1"
    address.settings["fetch.max.bytes"] = "1000000"
    let padding = String(repeating: "x", count: 500_000)
    func add(_ numbers: Range<Int>) throws {
      for number in numbers {
        try cluster.add([#"{"user": "u", "item": "\#(number)", "padding": "\#(padding)"}"#])
      }
    }
    try add(0..<4)
    let source = try KafkaSource(address, patience: patience)
    var items = try source.next(1, waiting: patience).map(\.event.item)
    try add(4..<60)
    let error = #expect(throws: StreamError.self) {
      while items.count < 60 { items += try source.next(1, waiting: patience).map(\.event.item) }
    }
    guard case .gone(let place, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // What it had was given; nothing behind the gap is.
    #expect(items == (0..<items.count).map { "\($0)" })
    #expect(place == source.position)
    #expect(reason.hasPrefix("Kafka has removed the next records of partition 0"))
    for _ in 0..<2 {
      #expect(throws: StreamError.gone(position: place, reason: reason)) { try source.next(1) }
    }
  }

  @Test func `a place that the topic has not reached is in one that was there before`() throws {
    let cluster = try KafkaCluster()
    try cluster.make()
    try cluster.add(madeUpEvents(3, seed: 12))
    let source = try cluster.source()
    guard case .kafka(var place) = source.position else {
      Issue.record("\(source.position)")
      return
    }
    place.offsets = [4]
    #expect(
      throws: StreamError.gone(
        position: .kafka(place),
        reason: "partition 0 ends with offset 3, so the topic was made anew")
    ) { try source.seek(to: .kafka(place)) }
    place.offsets = [1, 0]
    #expect(
      throws: StreamError.gone(
        position: .kafka(place), reason: "the topic has fewer partitions now: 1")
    ) { try source.seek(to: .kafka(place)) }
    place.offsets = [3]
    try source.seek(to: .kafka(place))
    #expect(try source.rest().isEmpty)
  }

  @Test func `no topic, no broker, a strange setting and another cluster are named`() throws {
    let cluster = try KafkaCluster()
    try cluster.make()
    let unknown = cluster.address("unknown")
    cluster.refuse("unknown")
    #expect(
      throws: StreamError.refused(source: unknown.name, reason: "there is no topic unknown")
    ) { _ = try KafkaSource(unknown, patience: patience) }
    let nobody = KafkaAddress(brokers: ["127.0.0.1:\(try freePort())"], topic: "events")
    let error = #expect(throws: StreamError.self) {
      _ = try KafkaSource(nobody, patience: 0.5)
    }
    guard case .unreachable(nobody.name, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    var strange = cluster.address()
    strange.settings["fetch.wait"] = "1"
    #expect(
      throws: StreamError.refused(
        source: strange.name, reason: "No such configuration property: \"fetch.wait\"")
    ) { _ = try KafkaSource(strange, patience: patience) }
    let other = try KafkaCluster()
    try other.make()
    let place = try other.source().position
    #expect(throws: StreamError.foreign(position: place, source: cluster.address().name)) {
      try cluster.source().seek(to: place)
    }
  }
}
