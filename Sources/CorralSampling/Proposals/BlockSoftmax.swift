import CorralData
import CorralVectors
import Foundation

/// The softmax of a few queries' scores over a catalogue, kept as one sum per block of items.
///
/// Scores are computed once for the sums, and again for the few blocks that draws fall into. No matrix
/// of queries x items is ever held.
struct BlockSoftmax {
  private let sampler: SoftmaxSampler
  /// The queries, divided by the temperature, row after row.
  private let queries: [Float]
  private let blocks: [Range<Int>]
  /// The largest score of each row.
  private var most: [Float]
  /// The sums of `e^(score - most)` up to the end of each block, `[rows, blocks]`.
  private var sums: [Double]

  private static let blockLength = 1024

  init(_ sampler: SoftmaxSampler, queries context: SamplingContext, rows: Range<Int>) {
    let (items, dimension) = (sampler.items, sampler.items.columns)
    context.checkQueries(dimension)
    let queries = context.queries.values[
      rows.lowerBound * dimension..<rows.upperBound * dimension
    ].map { $0 / sampler.temperature }
    let blocks = Parallel.chunks(of: items.rows, grain: Self.blockLength)
    var tops = [Float](repeating: 0, count: rows.count * blocks.count)
    sums = [Double](repeating: 0, count: tops.count)
    most = [Float](repeating: -.infinity, count: rows.count)
    self.sampler = sampler
    self.queries = queries
    self.blocks = blocks
    var scores = [Float](repeating: 0, count: Self.blockLength)
    for (position, block) in blocks.enumerated() {
      for row in 0..<rows.count {
        score(block, row: row, into: &scores)
        // Each block sums powers relative to its own largest score; they are rescaled afterwards.
        let top = scores[..<block.count].max() ?? 0
        var sum = 0.0
        for offset in 0..<block.count { sum += Double(exp(scores[offset] - top)) }
        tops[row * blocks.count + position] = top
        sums[row * blocks.count + position] = sum
        most[row] = max(most[row], top)
      }
    }
    for row in 0..<rows.count {
      guard most[row].isFinite else {
        fatalError("sampling: the scores of a query with the items are not finite")
      }
      var total = 0.0
      for position in row * blocks.count..<(row + 1) * blocks.count {
        total += sums[position] * exp(Double(tops[position]) - Double(most[row]))
        sums[position] = total
      }
    }
  }

  /// The scores of a block's items for one row.
  private func score(_ block: Range<Int>, row: Int, into scores: inout [Float]) {
    let dimension = sampler.items.columns
    queries.withUnsafeBufferPointer { queries in
      scores.withUnsafeMutableBufferPointer { scores in
        sampler.items.innerProducts(
          of: block,
          with: UnsafeBufferPointer(rebasing: queries[row * dimension..<(row + 1) * dimension]),
          into: scores)
      }
    }
  }

  private func logProbability(ofScore score: Float, row: Int) -> Float {
    let total = sums[(row + 1) * blocks.count - 1]
    return Float(Double(score) - Double(most[row]) - log(total))
  }

  /// The logarithm of an item's probability; `-infinity` for an item outside the catalogue.
  func logProbability(of item: Int, row: Int) -> Float {
    guard item < sampler.items.rows else { return -.infinity }
    var score: [Float] = [0]
    self.score(item..<item + 1, row: row, into: &score)
    return logProbability(ofScore: score[0], row: row)
  }

  /// Fills a row's draws, in the order in which they were drawn.
  func draw(
    into draws: UnsafeMutableBufferPointer<Draw>, row: Int, using rng: inout SeededGenerator
  ) {
    let ends = Array(sums[row * blocks.count..<(row + 1) * blocks.count])
    let chosen = (0..<draws.count).map { _ in
      (block: ends.firstAbove(rng.uniform() * (ends.last ?? 0)), height: rng.uniform())
    }
    // Blocks in order, so that each is scored once.
    var last = -1
    var scores = [Float](repeating: 0, count: Self.blockLength)
    var powers: [Double] = []
    for draw in chosen.indices.sorted(by: { chosen[$0].block < chosen[$1].block }) {
      let block = blocks[chosen[draw].block]
      if chosen[draw].block != last {
        last = chosen[draw].block
        score(block, row: row, into: &scores)
        let top = scores[..<block.count].max() ?? 0
        var sum = 0.0
        powers = scores[..<block.count].map {
          sum += Double(exp($0 - top))
          return sum
        }
      }
      let offset = powers.firstAbove(chosen[draw].height * (powers.last ?? 0))
      draws[draw] = Draw(
        item: ItemIndex(block.lowerBound + offset),
        logProbability: logProbability(ofScore: scores[offset], row: row))
    }
  }
}
