/// Every request that has not been answered yet: where it stands, and until when it may stand there.
///
/// The board decides and does nothing else: it knows no thread and no clock, and is told the time. A
/// request that is answered, given up or late leaves the board at once. What a stage finds for it
/// afterwards meets nobody, so that nobody is answered twice.
package struct RequestBoard<
  Ask: Sendable, Found: Sendable, Reply: Sendable, Caller: Sendable
>: Sendable {
  /// A caller and what it is to be told.
  package struct Delivery: Sendable {
    package let caller: Caller
    package let outcome: QueueOutcome<Found, Reply>
  }

  /// A request that a worker has taken.
  package struct Taken: Sendable {
    package let id: UInt64
    package let ask: Ask
  }

  private struct Entry: Sendable {
    let ask: Ask
    let caller: Caller
    let arrived: Int
    var taken: Int?
    var found: Found?
  }

  /// How many requests may wait for a worker.
  package let limit: Int
  /// What has happened so far.
  package private(set) var counts = QueueCounts()
  private var entries: [UInt64: Entry] = [:]
  private var line = RequestLine()
  private var deadlines = DeadlineHeap()
  private var departures = DecayingRate()

  /// An empty board.
  package init(limit: Int) { self.limit = limit }

  /// How many requests wait for a worker.
  package var waiting: Int { line.count }

  /// How many requests have not been answered.
  package var open: Int { entries.count }

  /// The first deadline of a request that has not been answered; `nil` without any.
  package var nextDeadline: Int? { deadlines.first }

  /// How many places of memory the board holds, those of requests that were answered included.
  package var remembered: Int { entries.count + line.places + deadlines.count }

  /// Puts a request at the end of the line.
  ///
  /// - Returns: false for a full line; then nothing was done.
  package mutating func enter(
    _ ask: Ask, id: UInt64, caller: Caller, now: Int, deadline: Int
  ) -> Bool {
    if line.count >= limit {
      counts.refused += 1
      return false
    }
    entries[id] = Entry(ask: ask, caller: caller, arrived: now)
    line.append(id)
    deadlines.insert(id, at: deadline)
    if deadlines.count > 2 * entries.count + 64 {
      deadlines.removeAll { entries[$0] == nil }
    }
    counts.accepted += 1
    return true
  }

  /// Takes the first requests of the line, at most `count`.
  package mutating func take(_ count: Int, now: Int) -> [Taken] {
    let ids = line.removeFirst(count, among: entries)
    departures.add(ids.count, at: now)
    return ids.compactMap { id in
      guard let place = entries.index(forKey: id) else { return nil }
      // The worker may have looked at the clock before the request did.
      entries.values[place].taken = max(now, entries.values[place].arrived)
      return Taken(id: id, ask: entries.values[place].ask)
    }
  }

  /// Notes what retrieval found for a request.
  ///
  /// - Returns: whether somebody still waits for its ranking.
  package mutating func note(_ found: Found, for id: UInt64) -> Bool {
    guard let place = entries.index(forKey: id) else {
      counts.dropped += 1
      return false
    }
    entries.values[place].found = found
    return true
  }

  /// Finishes a request with the result of its last stage; `nil` for one that was answered before.
  package mutating func finish(_ id: UInt64, _ result: Result<Reply, any Error>) -> Delivery? {
    guard let entry = entries.removeValue(forKey: id) else {
      counts.dropped += 1
      return nil
    }
    switch result {
    case .success(let reply):
      counts.answered += 1
      return delivery(entry, .ranked(reply))
    case .failure(let error):
      counts.failed += 1
      return delivery(entry, .failed(error))
    }
  }

  /// Answers every request whose deadline has passed with what there is.
  package mutating func expire(now: Int) -> [Delivery] {
    var late: [Delivery] = []
    while let id = deadlines.removeFirst(until: now) {
      guard let entry = entries.removeValue(forKey: id) else { continue }
      if entry.taken == nil { leaveLine(id, now: now) }
      if let found = entry.found {
        counts.withoutRanking += 1
        late.append(delivery(entry, .found(found)))
      } else {
        counts.withoutRetrieval += 1
        late.append(delivery(entry, .late, now: now))
      }
    }
    return late
  }

  /// Takes a request out whose caller does not wait any more; `nil` for one that was answered before.
  package mutating func cancel(_ id: UInt64, now: Int) -> Caller? {
    guard let entry = entries.removeValue(forKey: id) else { return nil }
    if entry.taken == nil { leaveLine(id, now: now) }
    counts.cancelled += 1
    return entry.caller
  }

  /// After how many seconds a refused request may find room: the line divided by how fast it moved
  /// of late, from 1 to 60.
  package func retryAfter(now: Int) -> Int {
    let perSecond = departures.perSecond(at: now)
    let seconds = perSecond > 0 ? (Double(line.count) / perSecond).rounded(.up) : 60
    return Int(min(max(1, seconds), 60))
  }

  private mutating func leaveLine(_ id: UInt64, now: Int) {
    departures.add(1, at: now)
    line.leave(entries)
  }

  private func delivery(
    _ entry: Entry, _ result: QueueOutcome<Found, Reply>.Result, now: Int = 0
  ) -> Delivery {
    let waited = (entry.taken ?? now) - entry.arrived
    return Delivery(caller: entry.caller, outcome: QueueOutcome(result: result, waited: waited))
  }
}

/// What becomes of a request.
package struct QueueOutcome<Found: Sendable, Reply: Sendable>: Sendable {
  /// What there is to answer with.
  package enum Result: Sendable {
    /// Both stages were in time.
    case ranked(Reply)
    /// Ranking is late; this is what retrieval found.
    case found(Found)
    /// Retrieval is late.
    case late
    /// A stage failed.
    case failed(any Error)
  }

  package let result: Result
  /// How long the request waited for a worker, in nanoseconds.
  package let waited: Int
}

/// What became of the requests of a queue since it was made.
package struct QueueCounts: Sendable, Equatable {
  /// Requests that were let into the line.
  package var accepted = 0
  /// Requests that met a full line.
  package var refused = 0
  /// Requests that both stages answered.
  package var answered = 0
  /// Requests that were answered by what retrieval found.
  package var withoutRanking = 0
  /// Requests that were answered without retrieval.
  package var withoutRetrieval = 0
  /// Requests that a stage failed to answer.
  package var failed = 0
  /// Requests whose callers gave up.
  package var cancelled = 0
  /// Results of stages that came when nobody waited for them any more.
  package var dropped = 0

  /// No request yet.
  package init() {}
}
