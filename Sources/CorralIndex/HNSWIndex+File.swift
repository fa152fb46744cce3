import CHNSW
package import CorralVectors
import Foundation

extension HNSWIndex {
  private static let kind = "hnsw"

  /// The graph as named tensors for a safetensors file; the items' vectors are not among them.
  ///
  /// `nodes` and `levels` are `[items]`, `lowest` is `[items, 2 m]` and `upper` is
  /// `[sum of levels, m]`. Links are positions in `nodes`; -1 fills missing ones.
  package var tensors: [SafetensorsTensor] {
    let rows = graph.map { Int(chnsw_upper_rows($0.handle)) } ?? 0
    var nodes = [Int32](repeating: 0, count: count)
    var levels = nodes
    var lowest = [Int32](repeating: -1, count: count * 2 * settings.m)
    var upper = [Int32](repeating: -1, count: rows * settings.m)
    var entry: Int32 = -1
    if let graph {
      Self.withArrays(&nodes, &levels, &lowest, &upper) { arrays in
        chnsw_export(graph.handle, &arrays)
        entry = arrays.entry
      }
    }
    return [
      SafetensorsTensor("nodes", nodes),
      SafetensorsTensor("levels", levels),
      SafetensorsTensor("lowest", lowest, shape: [count, 2 * settings.m]),
      SafetensorsTensor("upper", upper, shape: [rows, settings.m]),
      SafetensorsTensor("entry", [entry]),
    ]
  }

  /// The metadata of the file.
  package var metadata: [String: String] {
    [
      "kind": Self.kind, "dimension": "\(dimension)",
      "efConstruction": "\(settings.efConstruction)",
    ]
  }

  /// Reads the graph of a matrix's rows back from its file.
  ///
  /// - Parameters:
  ///   - file: what `tensors` and `metadata` were written to.
  ///   - items: the matrix that the graph was made of.
  ///   - ef: how many candidates a search keeps.
  ///   - prefix: the prefix of the tensors' names in a file that holds other tensors too; its metadata
  ///     has the same keys but for the kind.
  /// - Throws: `SafetensorsError` or `IndexError` when the file does not hold a graph of the items.
  package init(
    _ file: SafetensorsFile, items: Matrix, ef: Int = IndexSettings().ef, prefix: String = ""
  ) throws {
    func damaged(_ reason: String) -> IndexError {
      .damaged(file: file.url.path, reason: reason)
    }
    guard !prefix.isEmpty || file.metadata["kind"] == Self.kind,
      let efConstruction = file.metadata["efConstruction"].flatMap(Int.init)
    else { throw damaged("its metadata is that of something else") }
    guard file.metadata["dimension"] == "\(items.columns)" else {
      throw damaged(
        "its vectors have \(file.metadata["dimension"] ?? "no") elements and the items' have "
          + "\(items.columns)")
    }
    var nodes: [Int32] = try file.array("\(prefix)nodes", shape: [nil])
    guard nodes.count == items.rows else {
      throw damaged("it has \(nodes.count) nodes and there are \(items.rows) items")
    }
    var levels: [Int32] = try file.array("\(prefix)levels", shape: [items.rows])
    var lowest: [Int32] = try file.array("\(prefix)lowest", shape: [items.rows, nil])
    let entry: [Int32] = try file.array("\(prefix)entry", shape: [1])
    let links = (file.entries["\(prefix)lowest"]?.shape.last ?? 0) / 2
    var upper: [Int32] = try file.array("\(prefix)upper", shape: [nil, links])

    var settings = IndexSettings()
    settings.kind = .hnsw
    settings.m = links
    settings.efConstruction = efConstruction
    settings.ef = ef
    do { try settings.check() } catch { throw damaged("\(error)") }
    guard levels.allSatisfy({ (0...1000).contains($0) }),
      levels.reduce(0, { $0 + Int($1) }) * links == upper.count
    else { throw damaged("its levels are not those of its links") }
    try IndexError.checkFinite(items)

    var graph: HNSWGraph?
    if items.rows > 0 {
      do {
        graph = try Self.withArrays(&nodes, &levels, &lowest, &upper) { arrays in
          arrays.entry = entry[0]
          var kernels = HNSWGraph.kernels
          return try HNSWGraph {
            chnsw_import(
              items.values, Int64(items.rows), Int64(items.columns), Int64(links), &arrays,
              &kernels,
              $0)
          }
        }
      } catch IndexError.failed(let reason) {
        throw damaged(reason)
      }
    }
    self.init(count: items.rows, dimension: items.columns, settings: settings, graph: graph)
  }

  private static func withArrays<Result>(
    _ nodes: inout [Int32], _ levels: inout [Int32], _ lowest: inout [Int32],
    _ upper: inout [Int32], _ body: (inout chnsw_arrays) throws -> Result
  ) rethrows -> Result {
    try nodes.withUnsafeMutableBufferPointer { nodes in
      try levels.withUnsafeMutableBufferPointer { levels in
        try lowest.withUnsafeMutableBufferPointer { lowest in
          try upper.withUnsafeMutableBufferPointer { upper in
            var arrays = chnsw_arrays(
              items: nodes.baseAddress, levels: levels.baseAddress, lowest: lowest.baseAddress,
              upper: upper.baseAddress, entry: -1)
            return try body(&arrays)
          }
        }
      }
    }
  }
}
