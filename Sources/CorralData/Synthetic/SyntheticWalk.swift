import CorralVectors
import Foundation

/// One user's way through the planted catalogue, item by item.
///
/// A user has three favourite genres and is in one of them. The next item is, more often than not,
/// one of the few that follow the last one; else one of the present genre by popularity; now and
/// then anything popular. The present genre changes now and then, and the favourites themselves are
/// replaced one by one: tastes drift. Nothing is met twice.
struct SyntheticWalk {
  /// How often the next item follows the last one.
  static let followShare = 0.55
  /// How often the next item is of the present genre.
  static let tasteShare = 0.35
  /// How often the present genre changes after an item.
  static let moveShare = 0.06
  /// How often a favourite genre is replaced after an item.
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
    // What people of an age share is one favourite; the others are their own.
    favourites = [
      (ageGroup * 2 + generator.next(below: 2)) % SyntheticCatalogue.genreCount,
      catalogue.drawGenre(using: &generator), catalogue.drawGenre(using: &generator),
    ]
    genre = favourites[0]
    // Two years from 1 January 2023.
    time = 1_672_531_200 + (generator.uniform() * 2 * 365 * 86_400).rounded()
  }

  /// The next item, in popularity order, that `isNew` accepts, and its time in seconds since 1970.
  @inline(__always)
  mutating func next(_ isNew: (Int) -> Bool) -> (item: Int, time: Double) {
    let item = drawn(isNew)
    last = item
    // Following leads into other genres, and the taste goes along.
    if generator.uniform() < Self.moveShare {
      genre = favourites[generator.next(below: favourites.count)]
    } else if item % SyntheticCatalogue.genreCount != genre, generator.uniform() < 0.3 {
      genre = item % SyntheticCatalogue.genreCount
    }
    if generator.uniform() < Self.driftShare {
      favourites[generator.next(below: favourites.count)] =
        catalogue.drawGenre(using: &generator)
    }
    // Two hours on average, so that sessions and days look like it.
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
      // A genre that is seen through gives way to others after some attempts.
      let from = isGlobal || attempt > 7 ? catalogue.drawGenre(using: &generator) : genre
      let item = catalogue.draw(genre: from, using: &generator)
      if isNew(item) { return item }
    }
    // At most half of all items are known, so this ends after two steps on average.
    while true {
      let item = generator.next(below: catalogue.count)
      if isNew(item) { return item }
    }
  }
}
