/// The interactions of a data set, in file order: columns with one entry each.
///
/// An interaction takes 20 bytes, 12 without times, and 4 more for each column of context and
/// labels.
package struct InteractionLog: Sendable, Equatable {
  /// The user of each interaction.
  package let users: [UserIndex]
  /// The item of each interaction.
  package let items: [ItemIndex]
  /// The time of each interaction in ticks of `timeScale`, with no digit rounded; empty if the file
  /// has no times.
  package let times: [Int64]
  /// The meaning of a tick.
  package let timeScale: TimeScale
  /// The reward r_i of each interaction: equation 4 of Yi and others, 2019.
  package let weights: [Float]
  /// The context and the labels of each interaction, if the settings name columns for them.
  package let columns: InteractionColumns

  /// Creates a log from columns of the same length; `times` may be empty, and missing weights are
  /// 1.
  ///
  /// Without a scale the times are whole numbers, and the size of the latest tells their unit.
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
  package var count: Int { users.count }

  /// Whether the log has times.
  package var hasTimes: Bool { !times.isEmpty }

  /// The bytes that the columns take in memory.
  package var residentBytes: Int {
    count * (MemoryLayout<UserIndex>.stride + MemoryLayout<ItemIndex>.stride)
      + weights.count * MemoryLayout<Float>.stride + times.count * MemoryLayout<Int64>.stride
      + columns.context.residentBytes + columns.labels.residentBytes
  }

  /// Returns the interactions at the given rows, in that order.
  func gathered(_ rows: [Int32]) -> InteractionLog {
    InteractionLog(
      users: rows.map { users[Int($0)] }, items: rows.map { items[Int($0)] },
      times: hasTimes ? rows.map { times[Int($0)] } : [], timeScale: timeScale,
      weights: rows.map { weights[Int($0)] },
      columns: columns.gathered(rows.lazy.map(Int.init)))
  }

  /// Returns the rows of each user, in time order, or in file order if there are no times.
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
          // Breaking ties by row makes any sort stable.
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

/// The context and the labels of interactions.
package struct InteractionColumns: Sendable, Equatable {
  /// What was known before each interaction happened.
  package var context: ContextTable
  /// What came of each interaction.
  package var labels: LabelTable

  /// Creates the pair of both tables.
  package init(context: ContextTable = ContextTable(), labels: LabelTable = LabelTable()) {
    self.context = context
    self.labels = labels
  }

  /// Returns the given rows of both tables.
  func gathered(_ rows: some Collection<Int>) -> InteractionColumns {
    InteractionColumns(
      context: context.isEmpty ? ContextTable() : context.gathered(rows),
      labels: labels.isEmpty ? LabelTable() : labels.gathered(rows))
  }

  /// Whether each table is empty or has `count` rows.
  func fit(_ count: Int) -> Bool {
    (context.isEmpty || context.count == count) && (labels.isEmpty || labels.count == count)
  }
}
