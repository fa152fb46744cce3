import CorralService
import CorralVectors
import Testing

/// Requests, workers and a timer on a clock of whole numbers: no thread, and no chance but the seed.
private struct Simulation {
  typealias Board = RequestBoard<Int, Int, Int, Int>

  /// What happened to one request, as the simulation itself knows it.
  struct Story {
    var arrived = 0
    var deadline = 0
    var isRefused = false
    var foundAt: Int?
    var rankedAt: Int?
    var failedAt: Int?
    var cancelledAt: Int?
    var deliveries: [QueueOutcome<Int, Int>] = []
    var deliveredAt: [Int] = []
  }

  private enum Work {
    case finding([Board.Taken])
    case ranking([Int])
  }

  private var board: Board
  private var rng: SeededGenerator
  private var workers: [(until: Int, work: Work)?]
  private let batch: Int
  private(set) var stories: [Story]
  private(set) var order: [Int] = []
  var counts: QueueCounts { board.counts }
  var waiting: Int { board.waiting }
  var open: Int { board.open }

  init(seed: UInt64, requests: Int) {
    rng = SeededGenerator(seed: seed)
    board = Board(limit: 1 + rng.next(below: 60))
    workers = Array(repeating: nil, count: 1 + rng.next(below: 3))
    batch = 1 + rng.next(below: 16)
    stories = Array(repeating: Story(), count: requests)
    var time = 0
    let gap = 1 + rng.next(below: 12)
    for request in stories.indices {
      time += rng.next(below: gap)
      stories[request].arrived = time
      stories[request].deadline = time + rng.next(below: 150)
      if rng.next(below: 10) == 0 {
        stories[request].cancelledAt = time + rng.next(below: 150)
      }
    }
  }

  mutating func run() {
    var next = 0
    var cancels = stories.indices.filter { stories[$0].cancelledAt != nil }
      .sorted { (stories[$0].cancelledAt ?? 0) < (stories[$1].cancelledAt ?? 0) }[...]
    while true {
      var times = workers.compactMap { $0?.until }
      if next < stories.count { times.append(stories[next].arrived) }
      if let cancel = cancels.first { times.append(stories[cancel].cancelledAt ?? 0) }
      if let deadline = board.nextDeadline { times.append(deadline) }
      guard let now = times.min() else { return }
      deliver(board.expire(now: now), at: now)
      for worker in workers.indices where workers[worker]?.until == now { finish(worker, at: now) }
      while let cancel = cancels.first, stories[cancel].cancelledAt == now {
        cancels.removeFirst()
        if board.cancel(UInt64(cancel), now: now) == nil { stories[cancel].cancelledAt = nil }
      }
      while next < stories.count, stories[next].arrived == now {
        stories[next].isRefused = !board.enter(
          next, id: UInt64(next), caller: next, now: now, deadline: stories[next].deadline)
        next += 1
      }
      for worker in workers.indices where workers[worker] == nil {
        let taken = board.take(batch, now: now)
        if taken.isEmpty { break }
        order += taken.map(\.ask)
        workers[worker] = (now + 1 + rng.next(below: 60), .finding(taken))
      }
    }
  }

  private mutating func finish(_ worker: Int, at now: Int) {
    guard let (_, work) = workers[worker] else { return }
    workers[worker] = nil
    switch work {
    case .finding(let batch):
      var ranked: [Int] = []
      for taken in batch {
        if rng.next(below: 20) == 0 {
          stories[taken.ask].failedAt = now
          deliver(board.finish(taken.id, .failure(Failed())), at: now)
        } else {
          stories[taken.ask].foundAt = now
          if board.note(taken.ask * 10 + 1, for: taken.id) { ranked.append(taken.ask) }
        }
      }
      if !ranked.isEmpty { workers[worker] = (now + 1 + rng.next(below: 60), .ranking(ranked)) }
    case .ranking(let batch):
      for request in batch {
        stories[request].rankedAt = now
        deliver(board.finish(UInt64(request), .success(request * 10 + 2)), at: now)
      }
    }
  }

  private mutating func deliver(_ deliveries: [Board.Delivery], at now: Int) {
    for delivery in deliveries {
      stories[delivery.caller].deliveries.append(delivery.outcome)
      stories[delivery.caller].deliveredAt.append(now)
    }
  }

  private mutating func deliver(_ delivery: Board.Delivery?, at now: Int) {
    deliver(delivery.map { [$0] } ?? [], at: now)
  }

  private struct Failed: Error {}
}

struct `the board of requests` {
  @Test func `answers every request exactly once, by the best that was there in time`() {
    var seen = QueueCounts()
    for seed in 0..<300 {
      var simulation = Simulation(seed: UInt64(seed), requests: 300)
      simulation.run()
      for (request, story) in simulation.stories.enumerated() {
        if story.isRefused || story.cancelledAt != nil {
          #expect(story.deliveries.isEmpty)
          continue
        }
        guard story.deliveries.count == 1 else {
          Issue.record("\(story.deliveries.count) answers of request \(request), seed \(seed)")
          continue
        }
        // At equal times the deadline comes first.
        let isFound = story.foundAt.map { $0 < story.deadline } ?? false
        let isRanked = story.rankedAt.map { $0 < story.deadline } ?? false
        let isFailed = story.failedAt.map { $0 < story.deadline } ?? false
        switch story.deliveries[0].result {
        case .ranked(let reply):
          #expect(isRanked && reply == request * 10 + 2)
          #expect(story.deliveredAt == [story.rankedAt])
        case .found(let found):
          #expect(isFound && !isRanked && found == request * 10 + 1)
          #expect(story.deliveredAt == [story.deadline])
        case .late:
          #expect(!isFound && !isFailed)
          #expect(story.deliveredAt == [story.deadline])
        case .failed:
          #expect(isFailed)
          #expect(story.deliveredAt == [story.failedAt])
        }
      }
      #expect(simulation.waiting == 0)
      #expect(simulation.open == 0)
      #expect(simulation.order == simulation.order.sorted(), "the line keeps its order")
      let counts = simulation.counts
      #expect(counts.accepted + counts.refused == 300)
      #expect(
        counts.accepted == counts.answered + counts.withoutRanking + counts.withoutRetrieval
          + counts.failed + counts.cancelled)
      seen.add(counts)
    }
    // The random cases hold every kind.
    #expect(
      [
        seen.refused, seen.answered, seen.withoutRanking, seen.withoutRetrieval, seen.failed,
        seen.cancelled, seen.dropped,
      ].allSatisfy { $0 > 100 }, "\(seen)")
  }

  @Test func `tells a refused request when the line will have moved on`() {
    var board = RequestBoard<Int, Int, Int, Int>(limit: 1000)
    #expect(board.retryAfter(now: 0) == 60, "a line that has never moved")
    // 100 leave each second for a minute; the line stays full.
    var id: UInt64 = 0
    let hour = 3_600_000_000_000
    for second in 0..<60 {
      while board.enter(0, id: id, caller: 0, now: second * 1_000_000_000, deadline: hour) {
        id += 1
      }
      #expect(board.take(100, now: second * 1_000_000_000 + 500_000_000).count == 100)
    }
    #expect((8...10).contains(board.retryAfter(now: 60_000_000_000)))
    _ = board.take(1000, now: 60_000_000_000)
    #expect(board.retryAfter(now: 60_000_000_000) == 1, "at least a second")
  }

  @Test func `keeps the memory of what waits, not of what was answered`() {
    var board = RequestBoard<Int, Int, Int, Int>(limit: 10)
    for id in 0..<10_000 {
      let entered = board.enter(
        0, id: UInt64(id), caller: 0, now: id, deadline: 1_000_000_000 + id)
      #expect(entered)
      _ = board.take(1, now: id)
      _ = board.finish(UInt64(id), .success(0))
    }
    #expect(board.remembered < 200)
  }
}

struct `the heap of deadlines` {
  @Test func `gives requests in the order of their deadlines, as sorting does`() {
    var rng = SeededGenerator(seed: 5)
    var heap = DeadlineHeap()
    var twin: [(time: Int, id: UInt64)] = []
    for step in 0..<20_000 {
      switch rng.next(below: 100) {
      case 0..<55:
        let time = rng.next(below: 1000)
        heap.insert(UInt64(step), at: time)
        twin.append((time, UInt64(step)))
      case 55..<99:
        let now = rng.next(below: 1000)
        let removed = heap.removeFirst(until: now)
        if let removed, let place = twin.firstIndex(where: { $0.id == removed }) {
          let earliest = twin.map(\.time).min()
          #expect(twin[place].time == earliest && twin[place].time <= now)
          twin.remove(at: place)
        } else {
          #expect(removed == nil && twin.allSatisfy { $0.time > now })
        }
      default:
        heap.removeAll { $0 % 3 == 0 }
        twin.removeAll { $0.id % 3 == 0 }
      }
      #expect(heap.count == twin.count)
    }
  }
}

extension QueueCounts {
  fileprivate mutating func add(_ other: QueueCounts) {
    refused += other.refused
    answered += other.answered
    withoutRanking += other.withoutRanking
    withoutRetrieval += other.withoutRetrieval
    failed += other.failed
    cancelled += other.cancelled
    dropped += other.dropped
  }
}
