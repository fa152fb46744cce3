package import CorralData
package import CorralVectors
import Foundation

extension PartitionedIndex {
  private static let kind = "partitioned"

  /// What a file must hold besides the items' vectors and the partition; `nil` for nothing.
  ///
  /// The tensors of cluster `k` have the prefix `k.`.
  package var saved: (tensors: [SafetensorsTensor], metadata: [String: String])? {
    if settings.kind == .exact { return nil }
    var tensors: [SafetensorsTensor] = []
    var metadata: [String: String] = [:]
    for (cluster, part) in parts.enumerated() {
      guard case .index(let index, _) = part, let saved = index.saved else { continue }
      tensors += saved.tensors.map { $0.renamed("\(cluster).\($0.name)") }
      metadata = saved.metadata
    }
    metadata["kind"] = Self.kind
    metadata["inner"] = settings.kind.rawValue
    metadata["partition"] = Self.mark(of: partition)
    return (tensors, metadata)
  }

  /// Reads the indexes of a matrix's rows back from their file.
  ///
  /// Throws `SafetensorsError` or `IndexError` when the file does not hold indexes of the settings'
  /// kind inside the clusters of the partition.
  package init(
    _ file: SafetensorsFile, items: Matrix, partition: Partition, settings: IndexSettings
  ) throws {
    func damaged(_ reason: String) -> IndexError {
      .damaged(file: file.url.path, reason: reason)
    }
    if settings.kind != .exact {
      guard file.metadata["kind"] == Self.kind, file.metadata["inner"] == settings.kind.rawValue
      else { throw damaged("its metadata is that of something else") }
      guard file.metadata["partition"] == Self.mark(of: partition) else {
        throw damaged("it was made for other clusters")
      }
    }
    try self.init(items, partition: partition, settings: settings) { cluster, vectors in
      try BuiltIndex(file, items: vectors, settings: settings, prefix: "\(cluster).")
    }
  }

  /// A number that another partition hardly has.
  private static func mark(of partition: Partition) -> String {
    var hash = FNVHash()
    hash.combine(UInt64(partition.count))
    for cluster in partition.clusters { hash.combine(UInt64(cluster)) }
    return String(hash.value, radix: 16)
  }
}
