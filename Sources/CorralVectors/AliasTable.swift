/// Draws positions with given probabilities, each draw in constant time.
///
/// Walker's alias method, built as Vose (1991) does: `n` columns of equal width, each shared by at
/// most two positions.
@usableFromInline
package struct AliasTable: Sendable {
  private let keep: [Double]
  private let alias: [Int32]

  /// The probability of every position: the weights, scaled to a sum of 1.
  package let probabilities: [Double]

  /// A table over weights that are finite and not negative, at least one of them positive.
  ///
  /// `O(n)` time; 20 bytes a position.
  package init(weights: some Collection<Double>) {
    let total = weights.reduce(0, +)
    guard total > 0, total.isFinite, weights.allSatisfy({ $0 >= 0 }) else {
      fatalError(
        "AliasTable: weights must be finite and not negative, with a positive sum; "
          + "the sum of \(weights.count) weights is \(total)")
    }
    let count = weights.count
    let probabilities = weights.map { $0 / total }
    var scaled = probabilities.map { $0 * Double(count) }
    var alias = (0..<Int32(count)).map { $0 }
    var small: [Int] = []
    var large: [Int] = []
    for position in scaled.indices {
      if scaled[position] < 1 { small.append(position) } else { large.append(position) }
    }
    while let less = small.last, let more = large.last {
      small.removeLast()
      alias[less] = Int32(more)
      scaled[more] -= 1 - scaled[less]
      if scaled[more] < 1 {
        large.removeLast()
        small.append(more)
      }
    }
    // The columns that are left are full up to rounding. An impossible position among them gives its
    // whole column to the likeliest.
    let likeliest = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
    for position in large { scaled[position] = 1 }
    for position in small {
      if probabilities[position] > 0 {
        scaled[position] = 1
      } else {
        alias[position] = Int32(likeliest)
      }
    }
    self.probabilities = probabilities
    keep = scaled
    self.alias = alias
  }

  /// The number of positions.
  @usableFromInline package var count: Int { keep.count }

  /// Draws one position.
  @inlinable
  package func draw(using generator: inout SeededGenerator) -> Int {
    column(generator.next(below: count), generator.uniform())
  }

  @usableFromInline
  func column(_ column: Int, _ height: Double) -> Int {
    height < keep[column] ? column : Int(alias[column])
  }

  /// The columns in the form that kernels read.
  ///
  /// A column stands for its own position if 32 random bits are below `keep`, and for `alias` otherwise.
  package func columns() -> (keep: [UInt32], alias: [Int32]) {
    (keep.map { UInt32(min(0x1p32 * $0, 0x1p32 - 1)) }, alias)
  }

  /// The probability of every position by the columns; a test compares it with `probabilities`.
  package func columnShares() -> [Double] {
    var shares = keep
    for (column, height) in keep.enumerated() { shares[Int(alias[column])] += 1 - height }
    return shares.map { $0 / Double(count) }
  }
}
