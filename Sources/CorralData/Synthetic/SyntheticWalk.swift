import CorralVectors
import Foundation

/// The walk of one user through the planted catalogue, item by item.
///
/// A user has three favourite genres and is in one of them. The next item is in most cases a
/// successor of the last one, else a popular one of the present genre, and rarely any popular item.
/// Sometimes the present genre changes and a favourite is replaced, so that tastes drift. No item
/// occurs twice.
struct SyntheticWalk {
  /// The probability that the next item is a successor of the last.
  static let followShare = 0.55
  /// The probability that the next item is of the present genre.
  static let tasteShare = 0.35
  /// The probability that the present genre changes after an item.
  static let moveShare = 0.06
  /// The probability that a favourite genre is replaced after an item.
  static let driftShare = 0.02

  let catalogue: SyntheticCatalogue
  let ageGroup: Int
  let region: Int
  private var generator: SeededGenerator
  private(set) var favourites: [Int]
  private var genre: Int
  private var last: Int?
  private var time: Double

  init(user: Int, catalogue: SyntheticCatalogue, seed: UInt64) {
    self.catalogue = catalogue
    generator = SeededGenerator(seed: seed, stream: UInt64(user) &+ 1)
    ageGroup = generator.next(below: SyntheticWords.ageGroups.count)
    region = generator.next(below: SyntheticWords.regions.count)
    // An age group shares one favourite; the others are the user's own.
    favourites = [
      (ageGroup * 2 + generator.next(below: 2)) % SyntheticCatalogue.genreCount,
      catalogue.drawGenre(using: &generator), catalogue.drawGenre(using: &generator),
    ]
    genre = favourites[0]
    // The walk starts within two years from 1 January 2023.
    time = 1_672_531_200 + (generator.uniform() * 2 * 365 * 86_400).rounded()
  }

  /// Returns the next item that `isNew` accepts, in popularity order, and its time in seconds since
  /// 1970.
  @inline(__always)
  mutating func next(_ isNew: (Int) -> Bool) -> (item: Int, time: Double) {
    let item = drawn(isNew)
    last = item
    // Successors lead into other genres, and the taste follows.
    if generator.uniform() < Self.moveShare {
      genre = favourites[generator.next(below: favourites.count)]
    } else if item % SyntheticCatalogue.genreCount != genre, generator.uniform() < 0.3 {
      genre = item % SyntheticCatalogue.genreCount
    }
    if generator.uniform() < Self.driftShare {
      favourites[generator.next(below: favourites.count)] =
        catalogue.drawGenre(using: &generator)
    }
    // Two hours on average, so that sessions and days look real.
    time += (1 - 7_200 * log(1 - generator.uniform())).rounded()
    return (item, time)
  }

  @inline(__always)
  private mutating func drawn(_ isNew: (Int) -> Bool) -> Int {
    let way = generator.uniform()
    if way < Self.followShare, let last {
      var choice = 0
      var share = generator.uniform()
      while choice < 2, share >= SyntheticCatalogue.successorShares[choice] {
        share -= SyntheticCatalogue.successorShares[choice]
        choice += 1
      }
      for turn in 0..<3 {
        let item = catalogue.successor((choice + turn) % 3, of: last)
        if isNew(item) { return item }
      }
    }
    let isGlobal = way >= Self.followShare + Self.tasteShare
    for attempt in 0..<16 {
      // After some attempts an exhausted genre gives way to others.
      let from = isGlobal || attempt > 7 ? catalogue.drawGenre(using: &generator) : genre
      let item = catalogue.draw(genre: from, using: &generator)
      if isNew(item) { return item }
    }
    // At most half of all items are used up, so that this takes two steps on average.
    while true {
      let item = generator.next(below: catalogue.count)
      if isNew(item) { return item }
    }
  }
}
