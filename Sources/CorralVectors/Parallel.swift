import Dispatch
import Foundation
import Synchronization

/// Loops over `0..<count` that several threads share.
///
/// The range is cut into chunks by `count` and `grain` alone, so what a chunk computes, and the
/// order in which chunks are combined, never depends on the number of threads or on their timing.
package enum Parallel {
  private static let chosenThreads = Atomic<Int>(0)

  /// The most threads that a loop or a tensor operation is given: 4 a core, or 256 if that is more.
  package static let mostThreads = max(256, 4 * ProcessInfo.processInfo.activeProcessorCount)

  /// The number of threads that loops use: the active cores, unless it was set.
  ///
  /// Set it once, when a program starts. 0 goes back to the active cores; `mostThreads` is the most.
  package static var threads: Int {
    get {
      let chosen = chosenThreads.load(ordering: .relaxed)
      return chosen > 0 ? chosen : ProcessInfo.processInfo.activeProcessorCount
    }
    set { chosenThreads.store(min(max(0, newValue), mostThreads), ordering: .relaxed) }
  }

  /// The chunks that a loop is cut into: each `grain` long, the last one perhaps shorter.
  package static func chunks(of count: Int, grain: Int) -> [Range<Int>] {
    let grain = max(1, grain)
    return stride(from: 0, to: count, by: grain).map { $0..<min($0 + grain, count) }
  }

  /// Runs the body once for each chunk, in no particular order, and returns when all are done.
  ///
  /// - Parameters:
  ///   - count: the loop runs over `0..<count`.
  ///   - grain: the length of a chunk; the work of one chunk should take a millisecond or more.
  ///   - threads: how many threads take part, the calling one included.
  ///   - body: what is done with a chunk.
  package static func forEach(
    _ count: Int, grain: Int, threads: Int = Parallel.threads,
    _ body: @Sendable (Range<Int>) -> Void
  ) {
    guard count > 0 else { return }
    let grain = max(1, grain)
    let chunkCount = (count + grain - 1) / grain
    let workers = min(max(1, threads), mostThreads, chunkCount)
    if workers == 1 {
      for chunk in chunks(of: count, grain: grain) { body(chunk) }
      return
    }
    let nextChunk = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let chunk = nextChunk.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chunk < chunkCount else { return }
        body(chunk * grain..<min((chunk + 1) * grain, count))
      }
    }
  }

  /// Runs two bodies at the same time, and returns what both return; throws the first's error, or the
  /// second's.
  package static func both<First: Sendable, Second: Sendable>(
    _ first: @Sendable () throws -> First, _ second: @Sendable () throws -> Second
  ) throws -> (First, Second) {
    let results = map(2, grain: 1) {
      place -> (Result<First, any Error>?, Result<Second, any Error>?) in
      place.lowerBound == 0 ? (Result { try first() }, nil) : (nil, Result { try second() })
    }
    guard let one = results[0].0, let other = results[1].1 else { fatalError("both: not run") }
    return (try one.get(), try other.get())
  }

  /// One result for each chunk, in the order of the chunks.
  ///
  /// - Parameters:
  ///   - count: the loop runs over `0..<count`.
  ///   - grain: the length of a chunk.
  ///   - threads: how many threads take part, the calling one included.
  ///   - transform: what a chunk becomes.
  /// - Returns: `transform` of every chunk.
  package static func map<Result: Sendable>(
    _ count: Int, grain: Int, threads: Int = Parallel.threads,
    _ transform: @Sendable (Range<Int>) -> Result
  ) -> [Result] {
    let chunkCount = (count + max(1, grain) - 1) / max(1, grain)
    return [Result](unsafeUninitializedCapacity: chunkCount) { buffer, initialised in
      // Every chunk writes one element that no other chunk touches.
      nonisolated(unsafe) let results = buffer
      forEach(count, grain: grain, threads: threads) { range in
        results.initializeElement(at: range.lowerBound / max(1, grain), to: transform(range))
      }
      initialised = chunkCount
    }
  }

  /// Runs the body once for each chunk of rows, with the elements of exactly those rows to write.
  ///
  /// - Parameters:
  ///   - elements: `rows * width` elements, row after row.
  ///   - width: the number of elements in a row.
  ///   - grain: the number of rows in a chunk.
  ///   - threads: how many threads take part, the calling one included.
  ///   - body: what is done with a chunk: its rows, and their elements from position 0 on.
  package static func forEachRows<Element: Sendable>(
    of elements: inout [Element], width: Int, grain: Int, threads: Int = Parallel.threads,
    _ body: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Element>) -> Void
  ) {
    guard width > 0 else { return }
    let rows = elements.count / width
    elements.withUnsafeMutableBufferPointer { buffer in
      // Chunks are disjoint, so no two bodies see the same element.
      nonisolated(unsafe) let all = buffer
      forEach(rows, grain: grain, threads: threads) { range in
        let part = range.lowerBound * width..<range.upperBound * width
        body(range, UnsafeMutableBufferPointer(rebasing: all[part]))
      }
    }
  }
}
