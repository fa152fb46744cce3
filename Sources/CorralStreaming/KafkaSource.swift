package import CorralData
import CorralVectors
package import Foundation

/// The events of all partitions of one topic of Kafka, each a JSON object, from the first.
///
/// The offsets of the partitions are the position, and are kept by whoever saves it: nothing is
/// committed, and no group is joined. A later source that seeks the position gets every later record
/// once. The records of a partition come in its order. How those of several partitions are mixed is
/// not the same at each reading, so only with a topic of one partition does a training that was
/// resumed equal one that was not to the last bit. A partition that is added later is read from its
/// first record.
///
/// Records that Kafka removed before they were read stop the source with `StreamError.gone`. While no
/// broker answers, calls throw `StreamError.unreachable`; the first one after goes on.
package final class KafkaSource: EventSource {
  package let name: String
  package let hasEnded = false
  private let consumer: KafkaConsumer
  private let patience: Double
  private let discovery: Double
  private let deadLetter: DeadLetterFile?
  private let events: EventLines
  private let clock = ContinuousClock()
  private var place: KafkaPlace
  /// Records that have come and were not passed, and how many of their beginning were.
  private var waiting: [ServerRecord] = []
  private var passed = 0
  /// The next offset of each partition behind the records that have come.
  private var reached: [Int64] = []
  /// The partitions of which all records have come.
  private var ended: Set<Int> = []
  /// What is thrown when all records that have come are passed.
  private var failure: StreamError?
  private var nextDiscovery: ContinuousClock.Instant

  /// Connects to a topic, which must be there.
  ///
  /// - Parameters:
  ///   - address: where the topic is.
  ///   - columns: which members make up an event.
  ///   - deadLetter: where bad records go; `nil` to stop at the first.
  ///   - patience: how long an answer may take, in seconds.
  ///   - discovery: how often new partitions are looked for, in seconds.
  /// - Throws: `StreamError.unreachable`, `StreamError.refused`, and `DataError` for columns.
  package init(
    _ address: KafkaAddress, columns: ColumnNames = ColumnNames(), deadLetter: URL? = nil,
    patience: Double = 10, discovery: Double = 30
  ) throws {
    name = address.name
    self.patience = patience
    self.discovery = discovery
    self.deadLetter = deadLetter.map(DeadLetterFile.init)
    events = try EventLines(
      firstLine: Array("{}".utf8), format: .jsonl, columns: columns, file: address.name)
    consumer = try KafkaConsumer(address, patience: patience)
    place = KafkaPlace(cluster: nil, topic: address.topic, offsets: [])
    nextDiscovery = clock.now + .seconds(discovery)
    var start = place
    start.offsets = try consumer.offsets(of: consumer.partitionCount()).map(\.lowerBound)
    start.cluster = consumer.clusterName()
    try read(from: start)
  }

  package var deadLetters: Int { deadLetter?.count ?? 0 }
  package var position: StreamPosition { .kafka(place) }

  /// The next records that brokers have sent, at most `limit`.
  ///
  /// It waits for the brokers only until they have told of each partition that it has ended, or
  /// sent a record.
  package func available(_ limit: Int) throws -> [StreamRecord] {
    if passed == waiting.count { try receive(limit) }
    let found = try ServerRecord.pass(
      waiting[passed...], limit, from: position, of: name, deadLetter: deadLetter)
    passed += found.count
    if found.count > 0, case .kafka(let place) = waiting[passed - 1].position {
      self.place = place
    }
    return found.events
  }

  package func wait(_ seconds: Double) throws {
    if passed < waiting.count || failure != nil { return }
    if let arrival = consumer.next(Int((seconds * 1000).rounded(.up))) { take(arrival) }
  }

  package func seek(to position: StreamPosition) throws {
    guard case .kafka(let sought) = position, sought.topic == place.topic,
      sought.cluster == nil || place.cluster == nil || sought.cluster == place.cluster
    else { throw StreamError.foreign(position: position, source: name) }
    let held = try consumer.offsets(of: consumer.partitionCount())
    if sought.offsets.count > held.count {
      throw StreamError.gone(
        position: position, reason: "the topic has fewer partitions now: \(held.count)")
    }
    for (partition, (offset, held)) in zip(sought.offsets, held).enumerated() {
      if offset < held.lowerBound {
        throw StreamError.gone(
          position: position,
          reason: "partition \(partition) begins with offset \(held.lowerBound) now")
      }
      if offset > held.upperBound {
        throw StreamError.gone(
          position: position,
          reason: "partition \(partition) ends with offset \(held.upperBound), so the topic was"
            + " made anew")
      }
    }
    try read(from: sought)
    nextDiscovery = clock.now
  }

  package func lag() throws -> StreamLag {
    let held = try consumer.offsets(of: place.offsets.count)
    return StreamLag(
      events: zip(place.offsets, held).map { Int(max(0, $1.upperBound - $0)) }.reduce(0, +))
  }

  private func read(from place: KafkaPlace) throws {
    try consumer.read(from: place.offsets)
    self.place = place
    (waiting, passed, reached, ended, failure) = ([], 0, place.offsets, [], nil)
  }

  /// Takes what has come; none is waited for once something has.
  private func receive(_ limit: Int) throws {
    (waiting, passed) = ([], 0)
    // Kafka's own marks at the end of a partition have offsets too.
    defer { if waiting.isEmpty { place.offsets = reached } }
    if let failure {
      // Only a place that is no more stays so.
      if case .gone = failure {} else { self.failure = nil }
      throw failure
    }
    if clock.now >= nextDiscovery { try discover() }
    let end = clock.now + .seconds(patience)
    while waiting.count < limit, failure == nil {
      let isIdle = waiting.isEmpty && ended.count < reached.count
      if let arrival = consumer.next(isIdle ? 20 : 0) {
        take(arrival)
      } else if !isIdle {
        break
      } else if clock.now >= end {
        throw consumer.knownTrouble
          ?? .unreachable(source: name, reason: "no records came within \(patience) s")
      }
    }
    if waiting.isEmpty, let failure {
      if case .gone = failure {} else { self.failure = nil }
      throw failure
    }
    // A broker that went away is no end of the stream.
    if waiting.isEmpty, consumer.knownTrouble != nil { _ = try consumer.partitionCount() }
  }

  private func take(_ arrival: KafkaConsumer.Arrival) {
    switch arrival {
    case .record(let partition, let offset, let bytes):
      guard reached.indices.contains(partition), offset >= reached[partition] else { return }
      ended.remove(partition)
      reached[partition] = offset + 1
      var place = place
      place.offsets = reached
      let bytes = bytes ?? []
      // A record without a value, which marks a deletion, is blank.
      let reading = ServerRecord.reading(of: bytes, by: events)
      var isBad = false
      if case .bad = reading { isBad = true }
      waiting.append(
        ServerRecord(
          reading: reading, bytes: isBad ? bytes : [],
          words: "offset \(offset) of partition \(partition)", position: .kafka(place)))
    case .end(let partition, let offset):
      guard reached.indices.contains(partition) else { return }
      ended.insert(partition)
      reached[partition] = max(reached[partition], offset)
    case .gone(let partition, let reason):
      failure = .gone(
        position: position,
        reason: "Kafka has removed the next records of partition \(partition) (\(reason))")
    case .failure(let error): failure = error
    }
  }

  /// Reads partitions that were added to the topic from their first record.
  private func discover() throws {
    let partitions = try consumer.partitionCount()
    nextDiscovery = clock.now + .seconds(discovery)
    if partitions <= place.offsets.count { return }
    var place = place
    place.offsets += [Int64](repeating: 0, count: partitions - place.offsets.count)
    try read(from: place)
  }
}
