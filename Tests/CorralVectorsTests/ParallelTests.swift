import CorralVectors
import Dispatch
import Foundation
import Synchronization
import Testing

struct ParallelTests {
  @Test(arguments: [0, 1, 7, 64, 1000], [1, 2, 5])
  func `every position is visited once, whatever the threads`(count: Int, threads: Int) {
    var visits = [Int](repeating: 0, count: count)
    Parallel.forEachRows(of: &visits, width: 1, grain: 7, threads: threads) { range, part in
      #expect(part.count == range.count)
      for position in part.indices { part[position] += range.lowerBound + position }
    }
    #expect(visits == Array(0..<count))
  }

  @Test func `a row of several elements stays in one chunk`() {
    var elements = [Int](repeating: -1, count: 33)
    Parallel.forEachRows(of: &elements, width: 3, grain: 4, threads: 3) { rows, part in
      for row in rows {
        for column in 0..<3 { part[(row - rows.lowerBound) * 3 + column] = row }
      }
    }
    #expect(elements == (0..<11).flatMap { [$0, $0, $0] })
  }

  @Test(arguments: [1, 2, 9])
  func `a sum over chunks has the same bits with any number of threads`(threads: Int) {
    var generator = SeededGenerator(seed: 5)
    let numbers = (0..<10_000).map { _ in Float(generator.normal()) }
    func sum(threads: Int) -> Float {
      Parallel.map(numbers.count, grain: 321, threads: threads) { numbers[$0].reduce(0, +) }
        .reduce(0, +)
    }
    #expect(sum(threads: threads).bitPattern == sum(threads: 1).bitPattern)
  }

  @Test func `chunks cover the range in order`() {
    #expect(Parallel.chunks(of: 10, grain: 4) == [0..<4, 4..<8, 8..<10])
    #expect(Parallel.chunks(of: 0, grain: 4).isEmpty)
    #expect(Parallel.map(10, grain: 4) { $0 } == [0..<4, 4..<8, 8..<10])
  }

  @Test func `work is shared by as many threads as the machine gives`() async {
    // A process of its own: the threads of this one may all be busy with other tests.
    await #expect(processExitsWith: .success) {
      // Where the system itself runs two blocks one after the other, loops can do no better.
      guard bothStart({ DispatchQueue.concurrentPerform(iterations: 2, execute: $0) }) else {
        return
      }
      guard bothStart({ body in Parallel.forEach(2, grain: 1, threads: 2) { body($0.lowerBound) } })
      else { fatalError("one thread ran both chunks") }
    }
  }
}

/// Whether each of two runs of a body starts before the other has ended.
private func bothStart(_ perform: (@Sendable (Int) -> Void) -> Void) -> Bool {
  let started = Atomic<Int>(0)
  let met = Atomic<Int>(0)
  perform { _ in
    started.wrappingAdd(1, ordering: .sequentiallyConsistent)
    for _ in 0..<2_000 where started.load(ordering: .sequentiallyConsistent) < 2 {
      Thread.sleep(forTimeInterval: 0.01)
    }
    if started.load(ordering: .sequentiallyConsistent) == 2 {
      met.wrappingAdd(1, ordering: .sequentiallyConsistent)
    }
  }
  return met.load(ordering: .sequentiallyConsistent) == 2
}
