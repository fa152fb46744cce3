import CorralData
import CorralVectors

/// The targets of a batch that a ranker sees, each with a query of its own.
///
/// If each query has one target, the ranker sees all of them. Of a sequence with many targets it sees
/// a random subset, drawn anew each time; the query of a target is its user with the items before it.
struct ShownTargets {
  /// The positions of these targets among the batch's.
  let rows: [Int]
  /// A query for each.
  let queries: QueryBatch

  /// Chooses up to `count` targets of each sequence, with up to `length` items of history.
  init(
    of batch: TrainingBatch, each count: Int, history length: Int,
    using generator: inout SeededGenerator
  ) {
    /// The position of each row's target in the histories, and 1 if the item there is known.
    let (places, own): ([Int], Int)
    switch batch.reading {
    case .next:
      rows = Array(0..<batch.count)
      queries = batch.queries
      return
    case .everyPosition: (places, own) = (Array(0..<batch.count), 1)
    case .positions(let positions): (places, own) = (positions, 1)
    case .masked(let positions): (places, own) = (positions, 0)
    }
    let histories = batch.queries.histories
    var rows: [Int] = []
    var users: [UserIndex?] = []
    var values: [ItemIndex] = []
    var offsets = [0]
    var first = 0
    for stretch in 0..<histories.count {
      let range = histories.offsets[stretch]..<histories.offsets[stretch + 1]
      var last = first
      while last < places.count, places[last] < range.upperBound { last += 1 }
      for row in Self.some(count, of: first..<last, using: &generator) {
        let end = places[row] + own
        rows.append(row)
        users.append(batch.queries.users[stretch])
        values += histories.values[max(range.lowerBound, end - length)..<end]
        offsets.append(values.count)
      }
      first = last
    }
    self.rows = rows
    queries = QueryBatch(users: users, histories: Ragged(values: values, offsets: offsets))
  }

  /// Up to `count` numbers of a range, drawn uniformly without replacement, in rising order.
  private static func some(
    _ count: Int, of range: Range<Int>, using generator: inout SeededGenerator
  ) -> [Int] {
    guard range.count > count else { return Array(range) }
    var numbers = Array(range)
    for place in 0..<count {
      numbers.swapAt(place, place + generator.next(below: numbers.count - place))
    }
    return numbers.prefix(count).sorted()
  }
}
