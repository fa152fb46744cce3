import Foundation
import LibKafka

/// A client of librdkafka that reads the partitions of one topic, whichever it is told.
///
/// It never joins its group and commits nothing.
final class KafkaConsumer {
  /// What the cluster has sent.
  enum Arrival {
    case record(partition: Int, offset: Int64, bytes: [UInt8]?)
    /// Nothing more is there: the next record of the partition will have this offset, or a later one.
    case end(partition: Int, offset: Int64)
    /// The offset that was asked for is no more.
    case gone(partition: Int, reason: String)
    case failure(StreamError)
  }

  let name: String
  private let topic: String
  private let patience: Double
  private let trouble: Trouble
  private let client: OpaquePointer
  private let handle: OpaquePointer

  /// A client, which finds its brokers in the background.
  ///
  /// - Throws: `StreamError.refused` for settings that librdkafka does not know.
  init(_ address: KafkaAddress, patience: Double) throws {
    (name, topic, self.patience) = (address.name, address.topic, patience)
    let trouble = Trouble()
    self.trouble = trouble
    // The longest that librdkafka takes is 5 minutes.
    let silence = min(300_000, max(1_000, Int((patience * 1000).rounded(.up))))
    let usual = [
      // Only members of a group ask for one; no member is made of it.
      "group.id": "corral", "client.id": "corral", "socket.keepalive.enable": "true",
      "socket.timeout.ms": "\(silence)", "reconnect.backoff.max.ms": "2000",
      "queued.max.messages.kbytes": "16384",
    ]
    let fixed = [
      "bootstrap.servers": address.brokers.joined(separator: ","), "enable.auto.commit": "false",
      "enable.auto.offset.store": "false", "enable.partition.eof": "true",
      "auto.offset.reset": "error", "check.crcs": "true",
    ]
    var text = [CChar](repeating: 0, count: 512)
    guard let settings = rd_kafka_conf_new() else {
      throw StreamError.refused(source: address.name, reason: "no memory is left")
    }
    for (key, value) in usual.merging(address.settings, uniquingKeysWith: { $1 })
      .merging(fixed, uniquingKeysWith: { $1 })
    {
      guard rd_kafka_conf_set(settings, key, value, &text, text.count) == RD_KAFKA_CONF_OK else {
        rd_kafka_conf_destroy(settings)
        throw StreamError.refused(source: address.name, reason: Self.string(text))
      }
    }
    rd_kafka_conf_set_log_cb(settings) { _, _, _, _ in }
    rd_kafka_conf_set_opaque(settings, Unmanaged.passUnretained(trouble).toOpaque())
    rd_kafka_conf_set_error_cb(settings) { _, code, reason, opaque in
      guard let opaque else { return }
      Unmanaged<Trouble>.fromOpaque(opaque).takeUnretainedValue()
        .note(rd_kafka_resp_err_t(rawValue: code), reason.map { String(cString: $0) } ?? "")
    }
    guard let client = rd_kafka_new(RD_KAFKA_CONSUMER, settings, &text, text.count) else {
      rd_kafka_conf_destroy(settings)
      throw StreamError.refused(source: address.name, reason: Self.string(text))
    }
    rd_kafka_poll_set_consumer(client)
    guard let handle = rd_kafka_topic_new(client, address.topic, nil) else {
      rd_kafka_destroy(client)
      throw StreamError.refused(
        source: address.name, reason: "'\(address.topic)' cannot be the name of a topic")
    }
    (self.client, self.handle) = (client, handle)
  }

  deinit {
    rd_kafka_topic_destroy(handle)
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
  }

  /// The last trouble with the connection to the brokers; `nil` if none is known.
  var knownTrouble: StreamError? {
    trouble.last.map { problem in
      problem.code == RD_KAFKA_RESP_ERR__AUTHENTICATION
        ? .refused(source: name, reason: problem.reason)
        : .unreachable(source: name, reason: problem.reason)
    }
  }

  /// The name that the cluster gave itself; `nil` if it has none.
  func clusterName() -> String? {
    guard let text = rd_kafka_clusterid(client, milliseconds) else { return nil }
    defer { rd_kafka_mem_free(client, text) }
    return String(cString: text)
  }

  /// Asks the cluster for the number of partitions of the topic.
  ///
  /// - Throws: `StreamError.unreachable`, and `StreamError.refused` where there is no such topic.
  func partitionCount() throws -> Int {
    var found: UnsafePointer<rd_kafka_metadata>?
    try check(rd_kafka_metadata(client, 0, handle, &found, milliseconds))
    defer { rd_kafka_metadata_destroy(found) }
    guard let found, found.pointee.topic_cnt == 1 else {
      throw StreamError.refused(source: name, reason: "it tells nothing of the topic")
    }
    trouble.forget()
    let topic = found.pointee.topics[0]
    if topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART {
      throw StreamError.refused(source: name, reason: "there is no topic \(self.topic)")
    }
    try check(topic.err)
    return Int(topic.partition_cnt)
  }

  /// Asks the cluster for the offset of the first record of each partition, and of the next to come.
  ///
  /// - Throws: `StreamError.unreachable` or `StreamError.refused`.
  func offsets(of partitions: Int) throws -> [Range<Int64>] {
    if partitions == 0 { return [] }
    let first = try offsets(of: partitions, at: Int64(RD_KAFKA_OFFSET_BEGINNING))
    let next = try offsets(of: partitions, at: Int64(RD_KAFKA_OFFSET_END))
    return zip(first, next).map { $0..<max($0, $1) }
  }

  /// The offset of each partition at a time, or at one of its two ends.
  private func offsets(of partitions: Int, at time: Int64) throws -> [Int64] {
    let list = list([Int64](repeating: time, count: partitions))
    defer { rd_kafka_topic_partition_list_destroy(list) }
    // The function for the two ends of one partition may take longer than it is told.
    try check(rd_kafka_offsets_for_times(client, list, milliseconds))
    return try (0..<partitions).map { partition in
      guard let found = list?.pointee.elems[partition] else { return 0 }
      try check(found.err)
      return found.offset
    }
  }

  /// Reads partitions from some offsets on, and nothing else any more.
  ///
  /// - Throws: `StreamError.refused`.
  func read(from offsets: [Int64]) throws {
    try check(rd_kafka_assign(client, nil))
    let list = list(offsets)
    defer { rd_kafka_topic_partition_list_destroy(list) }
    try check(rd_kafka_assign(client, list))
  }

  /// A list of all partitions of the topic with an offset each, which the caller destroys.
  private func list(
    _ offsets: [Int64]
  ) -> UnsafeMutablePointer<rd_kafka_topic_partition_list_t>? {
    let list = rd_kafka_topic_partition_list_new(Int32(offsets.count))
    for (partition, offset) in offsets.enumerated() {
      rd_kafka_topic_partition_list_add(list, topic, Int32(partition))?.pointee.offset = offset
    }
    return list
  }

  /// The next arrival, which is waited for some milliseconds; `nil` if none comes.
  func next(_ milliseconds: Int) -> Arrival? {
    guard let message = rd_kafka_consumer_poll(client, Int32(clamping: milliseconds)) else {
      return nil
    }
    defer { rd_kafka_message_destroy(message) }
    let found = message.pointee
    let partition = Int(found.partition)
    switch found.err {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      trouble.forget()
      let bytes = found.payload.map { Array(UnsafeRawBufferPointer(start: $0, count: found.len)) }
      return .record(partition: partition, offset: found.offset, bytes: bytes)
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      trouble.forget()
      return .end(partition: partition, offset: found.offset)
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return .gone(partition: partition, reason: words(of: message))
    // The coordinator of a group is sought all the same, and may be one that others only may use.
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
      RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
      return nil
    default: return .failure(error(found.err, words(of: message)))
    }
  }

  private var milliseconds: Int32 { Int32(clamping: Int((patience * 1000).rounded(.up))) }

  private func check(_ code: rd_kafka_resp_err_t) throws {
    if code != RD_KAFKA_RESP_ERR_NO_ERROR {
      throw error(code, String(cString: rd_kafka_err2str(code)))
    }
  }

  /// What an error of librdkafka means: those of its own are about connections.
  private func error(_ code: rd_kafka_resp_err_t, _ words: String) -> StreamError {
    let passing: [rd_kafka_resp_err_t] = [
      RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
      RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    ]
    guard code.rawValue < 0 || passing.contains(code) else {
      return .refused(source: name, reason: "it answers '\(words)'")
    }
    return knownTrouble ?? .unreachable(source: name, reason: words)
  }

  private func words(of message: UnsafePointer<rd_kafka_message_t>) -> String {
    rd_kafka_message_errstr(message).map { String(cString: $0) }
      ?? String(cString: rd_kafka_err2str(message.pointee.err))
  }

  private static func string(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What librdkafka tells of its connections while it is polled.
  private final class Trouble {
    private(set) var last: (code: rd_kafka_resp_err_t, reason: String)?

    func note(_ code: rd_kafka_resp_err_t, _ reason: String) { last = (code, reason) }
    func forget() { last = nil }
  }
}
