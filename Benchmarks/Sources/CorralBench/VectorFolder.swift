import CorralVectors
import Foundation

/// The vectors that `Benchmarks/peers/vectors.py` made: items, queries, and each query's true neighbours.
struct VectorFolder {
  let items: Matrix
  let queries: Matrix
  /// The items with the largest inner products, best first: `[queries, count]`.
  let truth: [[Int32]]

  private struct Shape: Decodable {
    var dimension: Int
    var queries: Int
    var count: Int
  }

  init(_ path: String) throws {
    let folder = URL(filePath: path)
    let shape = try JSONDecoder().decode(
      Shape.self, from: Data(contentsOf: folder.appending(path: "shape.json")))
    items = try Self.matrix(folder.appending(path: "items.f32"), columns: shape.dimension)
    queries = try Self.matrix(folder.appending(path: "queries.f32"), columns: shape.dimension)
    let neighbours: [Int32] = try Self.values(folder.appending(path: "truth.i32"))
    truth = (0..<shape.queries).map {
      Array(neighbours[$0 * shape.count..<($0 + 1) * shape.count])
    }
  }

  /// The share of the true neighbours that the searches found, `count` a query.
  func recall(_ found: [[Int32]], count: Int) -> Double {
    var hits = 0
    for (query, items) in found.enumerated() {
      hits += Set(items.prefix(count)).intersection(truth[query].prefix(count)).count
    }
    return Double(hits) / Double(found.count * count)
  }

  private static func matrix(_ file: URL, columns: Int) throws -> Matrix {
    let values: [Float] = try values(file)
    return Matrix(rows: values.count / columns, columns: columns, values: values)
  }

  private static func values<Element: BitwiseCopyable>(_ file: URL) throws -> [Element] {
    let bytes = try Data(contentsOf: file, options: .mappedIfSafe)
    return bytes.withUnsafeBytes { Array($0.bindMemory(to: Element.self)) }
  }
}
