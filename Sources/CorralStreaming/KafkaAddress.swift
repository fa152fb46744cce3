import Foundation

/// Where a topic of Kafka is.
package struct KafkaAddress: Sendable, Equatable {
  /// Settings on which it depends that every record is read once.
  private static let fixed: Set<String> = [
    "auto.offset.reset", "bootstrap.servers", "check.crcs", "enable.auto.commit",
    "enable.auto.offset.store", "enable.partition.eof", "metadata.broker.list",
  ]

  /// Brokers of the cluster, `host:port`; some are enough to find the others.
  package var brokers: [String]
  package var topic: String
  /// More settings of librdkafka by their names, such as `security.protocol`.
  package var settings: [String: String]

  /// A topic of a cluster.
  package init(brokers: [String], topic: String, settings: [String: String] = [:]) {
    self.brokers = brokers
    self.topic = topic
    self.settings = settings
  }

  /// Reads `kafka://host:port[,host:port...]/TOPIC[?setting=value&...]`.
  ///
  /// - Throws: `StreamError.badAddress`.
  package init(_ text: String) throws {
    let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    // A setting may be a password, which must not come into an error.
    func bad(_ reason: String) -> StreamError {
      .badAddress(
        String(halves[0]), reason: "\(reason); write kafka://host:port[,host:port]/TOPIC")
    }
    guard halves[0].hasPrefix("kafka://") else { throw bad("it names no broker") }
    let parts = halves[0].dropFirst("kafka://".count)
      .split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let brokers = parts[0].split(separator: ",", omittingEmptySubsequences: false)
      .map(String.init)
    guard !brokers.contains("") else { throw bad("it names no broker") }
    guard parts.count == 2, let topic = parts[1].removingPercentEncoding, !topic.isEmpty else {
      throw bad("it does not name one topic")
    }
    var settings: [String: String] = [:]
    for item in halves.dropFirst().flatMap({ $0.split(separator: "&") }) {
      let pair = item.split(separator: "=", maxSplits: 1).map {
        String($0).removingPercentEncoding ?? String($0)
      }
      guard pair.count == 2 else { throw bad("the setting '\(pair[0])' has no value") }
      if Self.fixed.contains(pair[0]) { throw bad("the setting '\(pair[0])' is not free") }
      settings[pair[0]] = pair[1]
    }
    self.init(brokers: brokers, topic: topic, settings: settings)
  }

  /// The address without its settings, as errors and reports show it.
  package var name: String { "kafka://\(brokers.joined(separator: ","))/\(topic)" }
}
