/// A place in a topic of Kafka: one in each of its partitions.
package struct KafkaPlace: Sendable, Hashable, Codable {
  /// The name that the cluster gave itself; `nil` if it has none.
  package var cluster: String?
  /// The name of the topic.
  package var topic: String
  /// The next offset of each partition.
  package var offsets: [Int64]

  /// A place before the records with some offsets.
  package init(cluster: String?, topic: String, offsets: [Int64]) {
    self.cluster = cluster
    self.topic = topic
    self.offsets = offsets
  }
}

extension KafkaPlace: CustomStringConvertible {
  /// `offsets 17, 4 of the topic events`.
  package var description: String {
    let offsets = offsets.map { "\($0)" }.joined(separator: ", ")
    return "offsets \(offsets) of the topic \(topic)"
  }
}
