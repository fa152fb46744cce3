/// Who did something with what, when, and how much it counts: columns with one entry each.
///
/// 20 bytes an interaction, 12 without times, and 4 for each column of context and labels. The order
/// is that of the file.
public struct InteractionLog: Sendable, Equatable {
  /// Who, as positions in the vocabulary of users.
  package let users: [UserIndex]
  /// What, as positions in the vocabulary of items.
  package let items: [ItemIndex]
  /// When, in ticks of `timeScale`, or empty when the file does not say: no digit is rounded.
  package let times: [Int64]
  /// What a tick is.
  package let timeScale: TimeScale
  /// The reward r_i of each: equation 4 of Yi and others, 2019.
  package let weights: [Float]
  /// What was around each and what came of it, where the settings name columns of that.
  package let columns: InteractionColumns

  /// A log over columns of the same length; `times` may be empty, and missing weights are 1.
  ///
  /// Without a scale the times are whole numbers, in the unit that the latest of them speaks of.
  package init(
    users: [UserIndex], items: [ItemIndex], times: [Int64] = [], timeScale: TimeScale? = nil,
    weights: [Float]? = nil,
    columns: InteractionColumns = InteractionColumns()
  ) {
    let weights = weights ?? [Float](repeating: 1, count: users.count)
    guard items.count == users.count, weights.count == users.count,
      times.isEmpty || times.count == users.count, columns.fit(users.count)
    else {
      fatalError(
        "InteractionLog: \(users.count) users with \(items.count) items, \(weights.count) weights,"
          + " \(times.count) times, \(columns.context.count) rows of context and"
          + " \(columns.labels.count) of labels")
    }
    self.users = users
    self.items = items
    self.times = times
    self.timeScale = timeScale ?? TimeScale(of: times)
    self.weights = weights
    self.columns = columns
  }

  /// The number of interactions.
  public var count: Int { users.count }

  /// Whether the log says when things happened.
  package var hasTimes: Bool { !times.isEmpty }

  /// The bytes that the columns keep in memory.
  package var residentBytes: Int {
    count * (MemoryLayout<UserIndex>.stride + MemoryLayout<ItemIndex>.stride)
      + weights.count * MemoryLayout<Float>.stride + times.count * MemoryLayout<Int64>.stride
      + columns.context.residentBytes + columns.labels.residentBytes
  }

  /// The interactions at the given rows, in that order.
  func gathered(_ rows: [Int32]) -> InteractionLog {
    InteractionLog(
      users: rows.map { users[Int($0)] }, items: rows.map { items[Int($0)] },
      times: hasTimes ? rows.map { times[Int($0)] } : [], timeScale: timeScale,
      weights: rows.map { weights[Int($0)] },
      columns: columns.gathered(rows.lazy.map(Int.init)))
  }

  /// The rows of each user: in time order, or in file order where there are no times.
  ///
  /// A counting sort by user and a stable sort by time within: O(n log of a user's length).
  package func rowsByUser(count userCount: Int, inTime: Bool) -> Ragged<Int32> {
    var offsets = [Int](repeating: 0, count: userCount + 1)
    for user in users { offsets[user.position + 1] += 1 }
    for user in 0..<userCount { offsets[user + 1] += offsets[user] }
    var next = offsets
    var rows = [Int32](repeating: 0, count: count)
    for (row, user) in users.enumerated() {
      rows[next[user.position]] = Int32(row)
      next[user.position] += 1
    }
    guard inTime, hasTimes else { return Ragged(values: rows, offsets: offsets) }
    rows.withUnsafeMutableBufferPointer { rows in
      times.withUnsafeBufferPointer { times in
        for user in 0..<userCount {
          let range = offsets[user]..<offsets[user + 1]
          var isSorted = true
          for at in range.dropFirst() where times[Int(rows[at])] < times[Int(rows[at - 1])] {
            isSorted = false
            break
          }
          if isSorted { continue }
          // Ties are broken by row, which makes any sort a stable one.
          rows[range].sort {
            let (left, right) = (times[Int($0)], times[Int($1)])
            return left < right || (left == right && $0 < $1)
          }
        }
      }
    }
    return Ragged(values: rows, offsets: offsets)
  }
}
