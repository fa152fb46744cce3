import CorralVectors
import Foundation

/// The planted items: genres, popularity by a power law, and what is watched after what.
///
/// Inside, an item is known by its genre and its rank there; item `genre + genreCount * rank` in
/// this order has the vocabulary position that a seeded permutation gives it, so that positions say
/// nothing about popularity.
struct SyntheticCatalogue: Sendable {
  static let genreCount = SyntheticWords.genres.count
  /// How often an item is drawn falls with this power of its rank in its genre.
  static let popularityExponent = 0.9
  /// What may follow an item, and how likely each of them does.
  static let successorShares = [0.6, 0.3, 0.1]

  let count: Int
  private let seed: UInt64
  private let positions: Permutation

  init(count: Int, seed: UInt64) {
    self.count = count
    self.seed = seed
    positions = Permutation(count: count, key: mixed(seed ^ 0x1D))
  }

  /// The position in the vocabulary of an item in popularity order.
  @inline(__always)
  func position(of item: Int) -> Int { positions[item] }

  /// The number of items of a genre.
  func size(of genre: Int) -> Int {
    (count - genre + Self.genreCount - 1) / Self.genreCount
  }

  /// An item of a genre, by popularity.
  @inline(__always)
  func draw(genre: Int, using generator: inout SeededGenerator) -> Int {
    let rank = rank(generator.uniform(), of: size(of: genre), exponent: Self.popularityExponent)
    return genre + Self.genreCount * rank
  }

  /// A genre, the first ones more often than the last.
  @inline(__always)
  func drawGenre(using generator: inout SeededGenerator) -> Int {
    rank(generator.uniform(), of: Self.genreCount, exponent: 0.5)
  }

  /// One of the few items that are watched after an item: mostly of its genre, and the third one
  /// of another.
  @inline(__always)
  func successor(_ choice: Int, of item: Int) -> Int {
    let bits = mixed(seed &+ mixed(UInt64(item) &* 4 &+ UInt64(choice)))
    var genre = item % Self.genreCount
    if choice == 2 { genre = (genre + 1 + Int(bits & 3)) % Self.genreCount }
    let uniform = Double(bits >> 11) * 0x1p-53
    // Popular items follow many others, so that following keeps the power law.
    let rank = rank(uniform, of: size(of: genre), exponent: 0.5)
    return genre + Self.genreCount * rank
  }

  /// A rank in `0..<count` whose probability falls with a power of it: the continuous law inverted,
  /// in constant time and without a table.
  @inline(__always)
  private func rank(_ uniform: Double, of count: Int, exponent: Double) -> Int {
    let power = 1 - exponent
    let end = pow(Double(count + 1), power)
    let value = pow(1 + uniform * (end - 1), 1 / power)
    return min(count - 1, Int(value) - 1)
  }

  /// The genres of an item: its own, and for one in three a second.
  func genres(of item: Int) -> [Int32] {
    let own = item % Self.genreCount
    let bits = mixed(seed ^ mixed(UInt64(item) &+ 0x6E))
    guard bits % 3 == 0 else { return [Int32(own)] }
    return [
      Int32(own), Int32((own + 1 + Int(bits >> 32) % (Self.genreCount - 1)) % Self.genreCount),
    ]
  }

  /// The year of an item: 1950 to 2024, recent ones more often.
  func year(of item: Int) -> Int {
    let bits = mixed(seed ^ mixed(UInt64(item) &+ 0xA9E))
    let uniform = Double(bits >> 11) * 0x1p-53
    return 2024 - Int(75 * uniform * uniform)
  }

  /// How good an item is, 0 to 1: what makes those who take it like it.
  func quality(of item: Int) -> Double {
    Double(mixed(seed ^ mixed(UInt64(item) &+ 0x9A11)) >> 11) * 0x1p-53
  }

  /// The title of an item, with its year: `The Silent Harbour (1994)`.
  func title(of item: Int) -> String {
    let genre = item % Self.genreCount
    let rank = item / Self.genreCount
    let words = SyntheticWords.titleCount
    let order = Permutation(count: words, key: mixed(seed &+ UInt64(genre)))
    let title = SyntheticWords.title(order[rank % words], genre: genre)
    // The words of a genre are used up: the next ones are sequels.
    let sequel = rank / words
    return "\(title)\(sequel == 0 ? "" : " \(sequel + 1)") (\(year(of: item)))"
  }
}
