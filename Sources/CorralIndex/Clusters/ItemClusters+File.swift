import CorralData
package import CorralVectors
import Foundation

extension ItemClusters {
  /// The clusters as named tensors for a safetensors file.
  ///
  /// `clusters` is `[items]`; clusters of vectors have `vectors`, `[items, dimension]`, and
  /// `centres`, `[clusters, dimension]`.
  package var tensors: [SafetensorsTensor] {
    var tensors = [SafetensorsTensor("clusters", partition.clusters)]
    if let vectors { tensors.append(SafetensorsTensor("vectors", vectors)) }
    if let centres { tensors.append(SafetensorsTensor("centres", centres)) }
    return tensors
  }

  /// The metadata of the file.
  package var metadata: [String: String] {
    [
      "clusters": "\(count)", "clusters.origin": origin, "clusters.merged": "\(merged)",
      "clusters.names": Self.text(of: names),
    ]
  }

  /// Reads clusters back from their file, which can hold other tensors too.
  ///
  /// What an older file does not say has a default, and what a newer one says besides is passed over.
  /// Throws `SafetensorsError` or `IndexError` when the file does not hold clusters of the items.
  package init(_ file: SafetensorsFile, itemCount: Int) throws {
    func damaged(_ reason: String) -> IndexError {
      .damagedClusters(file: file.url.path, reason: reason)
    }
    let clusters: [Int32] = try file.array("clusters", shape: [nil])
    guard clusters.count == itemCount else {
      throw damaged("it holds \(clusters.count) items and there are \(itemCount)")
    }
    guard let count = file.metadata["clusters"].flatMap(Int.init), count > 0,
      count <= max(1, itemCount)
    else { throw damaged("its metadata does not say how many clusters there are") }
    guard clusters.allSatisfy({ 0 <= $0 && $0 < count }) else {
      throw damaged("an item is in a cluster that does not exist")
    }
    let vectors = try file.entries["vectors"].map { _ in try file.matrix("vectors") }
    let centres = try file.entries["centres"].map { _ in try file.matrix("centres") }
    guard vectors?.columns == centres?.columns, vectors?.rows ?? itemCount == itemCount,
      centres?.rows ?? count == count
    else { throw damaged("its vectors and centres are not those of its items and clusters") }
    guard (vectors?.values ?? []).allSatisfy(\.isFinite),
      (centres?.values ?? []).allSatisfy(\.isFinite)
    else { throw damaged("a vector is not finite") }
    let names = file.metadata["clusters.names"].map(Self.names) ?? []
    guard let names, names.isEmpty || names.count == count else {
      throw damaged("its names are not those of \(count) clusters")
    }
    self.init(
      partition: Partition(clusters: clusters, count: count), names: names, vectors: vectors,
      centres: centres, origin: file.metadata["clusters.origin"] ?? "\(count) clusters",
      merged: file.metadata["clusters.merged"].flatMap(Int.init) ?? 0)
  }

  /// Names as JSON: they may hold any character.
  private static func text(of names: [String]) -> String {
    (try? JSONEncoder().encode(names)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }

  private static func names(_ text: String) -> [String]? {
    try? JSONDecoder().decode([String].self, from: Data(text.utf8))
  }
}
