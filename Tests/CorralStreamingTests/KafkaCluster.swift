import CorralData
import CorralStreaming
import Foundation
import LibKafka
import Testing

/// Brokers of librdkafka inside the process, with a producer.
final class KafkaCluster {
  private let producer: OpaquePointer
  private let cluster: OpaquePointer
  private let size: Int

  /// Starts brokers.
  init(brokers: Int = 1) throws {
    size = brokers
    var text = [CChar](repeating: 0, count: 512)
    let settings = rd_kafka_conf_new()
    for (key, value) in [
      "test.mock.num.brokers": "\(brokers)", "linger.ms": "0", "reconnect.backoff.max.ms": "100",
    ] {
      try #require(
        rd_kafka_conf_set(settings, key, value, &text, text.count) == RD_KAFKA_CONF_OK)
    }
    rd_kafka_conf_set_log_cb(settings) { _, _, _, _ in }
    producer = try #require(rd_kafka_new(RD_KAFKA_PRODUCER, settings, &text, text.count))
    cluster = try #require(rd_kafka_handle_mock_cluster(producer))
  }

  deinit { rd_kafka_destroy(producer) }

  /// Makes a topic.
  func make(_ topic: String = "events", partitions: Int = 1) throws {
    let code = rd_kafka_mock_topic_create(cluster, topic, Int32(partitions), Int32(size))
    try #require(code == RD_KAFKA_RESP_ERR_NO_ERROR)
  }

  /// The address of a topic; its reader is told of news at once.
  func address(_ topic: String = "events") -> KafkaAddress {
    let brokers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    return KafkaAddress(
      brokers: brokers.split(separator: ",").map(String.init), topic: topic,
      settings: [
        "fetch.wait.max.ms": "10", "fetch.error.backoff.ms": "10",
        "reconnect.backoff.max.ms": "100",
      ])
  }

  /// A source of a topic, which waits for the brokers as long as it takes.
  func source(_ topic: String = "events", deadLetter: URL? = nil) throws -> KafkaSource {
    try KafkaSource(address(topic), deadLetter: deadLetter, patience: patience)
  }

  /// Appends texts to a partition, and returns when they are there.
  func add(_ texts: [String], to topic: String = "events", partition: Int = 0) throws {
    let handle = try #require(rd_kafka_topic_new(producer, topic, nil))
    defer { rd_kafka_topic_destroy(handle) }
    for text in texts {
      var bytes = Array(text.utf8)
      let code = rd_kafka_produce(
        handle, Int32(partition), RD_KAFKA_MSG_F_COPY, &bytes, bytes.count, nil, 0, nil)
      try #require(code == 0)
    }
    try #require(rd_kafka_flush(producer, .max) == RD_KAFKA_RESP_ERR_NO_ERROR)
  }

  /// Appends events to a partition.
  func add(_ events: [StreamEvent], to topic: String = "events", partition: Int = 0) throws {
    try add(events.map(Style.jsonl.line), to: topic, partition: partition)
  }

  /// Answers that a topic is unknown; the brokers make any other topic that they are asked for.
  func refuse(_ topic: String) {
    rd_kafka_mock_topic_set_error(cluster, topic, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
  }

  /// Takes all brokers down.
  func stop() {
    for broker in 1...size { rd_kafka_mock_broker_set_down(cluster, Int32(broker)) }
  }

  /// Brings all brokers up again, with what they hold.
  func start() {
    for broker in 1...size { rd_kafka_mock_broker_set_up(cluster, Int32(broker)) }
  }
}
