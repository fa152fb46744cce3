import CorralData
import CorralServing

/// Maximal marginal relevance (Carbonell and Goldstein, 1998) over the first items of a list.
enum Diversity {
  /// The items of a list that are put in a new order; later ones stay behind them.
  static let pool = 100

  /// The list in the order of maximal marginal relevance.
  ///
  /// Each place goes to the item with the largest `(1 - dial) relevance - dial similarity`, where
  /// similarity is the largest cosine with an item that has a place, and relevance falls evenly from
  /// 1 to 0 along the pool. So a dial of 0 changes nothing. Costs one cosine for each place and item
  /// of the pool.
  static func ordered(
    _ list: [Found], dial: Double, similarity: ItemSimilarity
  ) -> [Found] {
    let pool = min(list.count, Self.pool)
    guard dial > 0, pool > 2 else { return list }
    let weight = Float(dial)
    let relevance = (0..<pool).map { 1 - Float($0) / Float(pool) }
    // The largest cosine of each item with those that have a place.
    var nearest = [Float](repeating: 0, count: pool)
    var rest = Array(0..<pool)
    var ordered: [Found] = []
    ordered.reserveCapacity(list.count)
    while !rest.isEmpty {
      var best = 0
      var highest = -Float.infinity
      for (place, index) in rest.enumerated() {
        let value = (1 - weight) * relevance[index] - weight * nearest[index]
        if value > highest { (best, highest) = (place, value) }
      }
      let chosen = rest.remove(at: best)
      ordered.append(list[chosen])
      guard let item = list[chosen].item else { continue }
      for index in rest {
        guard let other = list[index].item else { continue }
        let cosine = similarity.between(item, other)
        nearest[index] = ordered.count == 1 ? cosine : max(nearest[index], cosine)
      }
    }
    return ordered + list[pool...]
  }
}
