package import CorralVectors
import Foundation

extension InvertedMultiIndex {
  private static let kind = "multi-index"

  /// The clusters as named tensors for a safetensors file; the items' vectors are not among them.
  ///
  /// `centres.0` is `[K, dimension / 2]`, `centres.1` has the other elements, and `clusters` is
  /// `[2, items]`, both halves' clusters of each item.
  package var tensors: [SafetensorsTensor] {
    [
      SafetensorsTensor("centres.0", first.centres),
      SafetensorsTensor("centres.1", second.centres),
      SafetensorsTensor("clusters", first.clusters + second.clusters, shape: [2, count]),
    ]
  }

  /// The metadata of the file.
  package var metadata: [String: String] { ["kind": Self.kind, "dimension": "\(dimension)"] }

  /// Reads the index of a matrix's rows back from its file: the same clusters, never new ones.
  ///
  /// - Parameters:
  ///   - file: what `tensors` and `metadata` were written to.
  ///   - items: the matrix that the index was made of, or a later one of the same shape.
  ///   - settings: how it is searched and refreshed; the number of clusters is the file's.
  ///   - prefix: the prefix of the tensors' names in a file that holds other tensors too; the metadata of
  ///     such a file is not read.
  ///   - threads: how many threads measure the residual.
  /// - Throws: `SafetensorsError` or `IndexError` when the file does not hold an index of the items.
  package init(
    _ file: SafetensorsFile, items: Matrix, settings: MultiIndexSettings = MultiIndexSettings(),
    prefix: String = "", threads: Int = Parallel.threads
  ) throws {
    func damaged(_ reason: String) -> IndexError {
      .damaged(file: file.url.path, reason: reason)
    }
    guard !prefix.isEmpty || file.metadata["kind"] == Self.kind else {
      throw damaged("its metadata is that of something else")
    }
    let centres = try (0..<2).map { try file.matrix("\(prefix)centres.\($0)") }
    let width = items.columns / 2
    guard centres[0].columns == width, centres[1].columns == items.columns - width else {
      throw damaged(
        "its vectors have \(centres[0].columns + centres[1].columns) elements and the items' "
          + "have \(items.columns)")
    }
    let clusters: [Int32] = try file.array("\(prefix)clusters", shape: [2, nil])
    guard clusters.count == 2 * items.rows else {
      throw damaged("it holds \(clusters.count / 2) items and there are \(items.rows)")
    }
    var settings = settings
    settings.clusters = centres[0].rows
    guard centres[1].rows == settings.clusters else {
      throw damaged(
        "its halves have \(settings.clusters) and \(centres[1].rows) clusters, not as many")
    }
    do { try settings.check() } catch { throw damaged("\(error)") }
    guard clusters.allSatisfy({ 0 <= $0 && $0 < settings.clusters }) else {
      throw damaged("an item is in a cluster that does not exist")
    }
    guard centres.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else {
      throw damaged("a centre is not finite")
    }
    try IndexError.checkFinite(items)
    self.init(
      items, settings: settings,
      first: KMeans(centres: centres[0], clusters: Array(clusters[..<items.rows]), losses: []),
      second: KMeans(centres: centres[1], clusters: Array(clusters[items.rows...]), losses: []),
      threads: threads)
  }
}
