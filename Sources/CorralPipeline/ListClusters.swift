import CorralData
package import CorralEvaluation
package import CorralIndex
import CorralText

/// Where the clusters come from that lists are measured by: `--clusters WHAT`.
package enum ListClusters: Sendable, Equatable {
  /// Those of a saved model, by its directory.
  case model(String)
  /// The categories of a feature of the items.
  case feature(String)

  private static let featurePrefix = "feature:"

  /// Reads `feature:NAME`, or the directory of a saved model.
  package init(_ text: String) {
    self =
      text.hasPrefix(Self.featurePrefix)
      ? .feature(String(text.dropFirst(Self.featurePrefix.count))) : .model(text)
  }
}

extension OpenedModel {
  /// What the model's lists are measured by.
  ///
  /// - Parameters:
  ///   - choice: where the clusters come from; `nil` takes the model's own.
  ///   - data: the data that the model is measured on.
  /// - Returns: the clusters, with the vectors that they were made of; `nil` if the model has none
  ///   of its own and no others are asked for.
  /// - Throws: `PipelineError` for clusters that are not there, or are of other items.
  package func listMeasuring(
    by choice: ListClusters?, on data: LoadedData
  ) throws -> ListMeasuring? {
    switch choice {
    case nil: return clusters.map { ListMeasuring($0.items) }
    case .model(let path):
      let other = try OpenedModel(path)
      guard let clusters = other.clusters?.items else {
        throw PipelineError.other(
          "\(path) has no clusters: give --clusters a model that was trained with some, or "
            + "feature:NAME")
      }
      guard other.items == items else {
        throw PipelineError.other(
          "the clusters of \(path) are of other items than those of \(self.path): give --clusters "
            + "a model of the same data")
      }
      return ListMeasuring(clusters)
    case .feature(let name):
      guard let column = data.dataset.itemFeatures[name] else {
        let names = data.dataset.itemFeatures.columns.map { $0.name.printable }
        throw PipelineError.other(
          "the items have no feature '\(name.printable)' for --clusters; "
            + (names.isEmpty ? "they have none" : "they have " + names.joined(separator: ", ")))
      }
      guard case .categories = column.values else {
        throw PipelineError.other(
          "'\(name.printable)' holds numbers, and --clusters needs a feature of categories")
      }
      return ListMeasuring(try ItemClusters(column: column))
    }
  }
}

extension ListMeasuring {
  /// Creates a way to measure lists by clusters and the vectors that they were made of.
  package init(_ clusters: ItemClusters) {
    self.init(
      partition: clusters.partition, origin: clusters.origin, vectors: clusters.vectors)
  }
}
