import CorralVectors
import Foundation

/// The planted items: their genres, their popularity by a power law, and their successors.
///
/// An item is identified by its genre and its rank in the genre. Item `genre + genreCount * rank`
/// has the vocabulary position that a seeded permutation gives it, so that positions do not reveal
/// popularity.
struct SyntheticCatalogue: Sendable {
  static let genreCount = SyntheticWords.genres.count
  /// The probability of an item falls with its rank in the genre to this power.
  static let popularityExponent = 0.9
  /// The probabilities of an item's successors.
  static let successorShares = [0.6, 0.3, 0.1]

  let count: Int
  private let seed: UInt64
  private let positions: Permutation

  init(count: Int, seed: UInt64) {
    self.count = count
    self.seed = seed
    positions = Permutation(count: count, key: mixed(seed ^ 0x1D))
  }

  /// Returns the vocabulary position of an item.
  @inline(__always)
  func position(of item: Int) -> Int { positions[item] }

  /// Returns the number of items of a genre.
  func size(of genre: Int) -> Int {
    (count - genre + Self.genreCount - 1) / Self.genreCount
  }

  /// Draws an item of a genre by popularity.
  @inline(__always)
  func draw(genre: Int, using generator: inout SeededGenerator) -> Int {
    let rank = rank(generator.uniform(), of: size(of: genre), exponent: Self.popularityExponent)
    return genre + Self.genreCount * rank
  }

  /// Draws a genre, the first ones more often than the last.
  @inline(__always)
  func drawGenre(using generator: inout SeededGenerator) -> Int {
    rank(generator.uniform(), of: Self.genreCount, exponent: 0.5)
  }

  /// Draws a successor of an item: mostly of the same genre; the third successor is of another.
  @inline(__always)
  func successor(_ choice: Int, of item: Int) -> Int {
    let bits = mixed(seed &+ mixed(UInt64(item) &* 4 &+ UInt64(choice)))
    var genre = item % Self.genreCount
    if choice == 2 { genre = (genre + 1 + Int(bits & 3)) % Self.genreCount }
    let uniform = Double(bits >> 11) * 0x1p-53
    // Popular items are successors of many others, which keeps the power law.
    let rank = rank(uniform, of: size(of: genre), exponent: 0.5)
    return genre + Self.genreCount * rank
  }

  /// Draws a rank in `0..<count` whose probability falls with a power of it, by inverting the
  /// continuous law: in constant time and without a table.
  @inline(__always)
  private func rank(_ uniform: Double, of count: Int, exponent: Double) -> Int {
    let power = 1 - exponent
    let end = pow(Double(count + 1), power)
    let value = pow(1 + uniform * (end - 1), 1 / power)
    return min(count - 1, Int(value) - 1)
  }

  /// Returns the genres of an item: its own, and for one item in three a second.
  func genres(of item: Int) -> [Int32] {
    let own = item % Self.genreCount
    let bits = mixed(seed ^ mixed(UInt64(item) &+ 0x6E))
    guard bits % 3 == 0 else { return [Int32(own)] }
    return [
      Int32(own), Int32((own + 1 + Int(bits >> 32) % (Self.genreCount - 1)) % Self.genreCount),
    ]
  }

  /// Returns the year of an item: 1950 to 2024, recent years more often.
  func year(of item: Int) -> Int {
    let bits = mixed(seed ^ mixed(UInt64(item) &+ 0xA9E))
    let uniform = Double(bits >> 11) * 0x1p-53
    return 2024 - Int(75 * uniform * uniform)
  }

  /// Returns the quality of an item, from 0 to 1, which makes users like it.
  func quality(of item: Int) -> Double {
    Double(mixed(seed ^ mixed(UInt64(item) &+ 0x9A11)) >> 11) * 0x1p-53
  }

  /// Returns the title of an item with its year: `The Silent Harbour (1994)`.
  func title(of item: Int) -> String {
    let genre = item % Self.genreCount
    let rank = item / Self.genreCount
    let words = SyntheticWords.titleCount
    let order = Permutation(count: words, key: mixed(seed &+ UInt64(genre)))
    let title = SyntheticWords.title(order[rank % words], genre: genre)
    // When the words of a genre are used up, the titles become sequels.
    let sequel = rank / words
    return "\(title)\(sequel == 0 ? "" : " \(sequel + 1)") (\(year(of: item)))"
  }
}
