/// Reads the rows of one chunk of a log from bytes into columns.
struct ChunkReader {
  let plan: RowPlan
  let path: String
  /// The most problems that a chunk keeps; all are counted.
  let problemLimit: Int

  /// Reads whole records.
  ///
  /// Only the last record of a file can lack a line end.
  func read(_ bytes: UnsafeRawBufferPointer) -> LogChunk {
    // Lines are rarely below 12 bytes, so that this guess is rarely too low.
    var chunk = LogChunk(plan, capacity: bytes.count / 14)
    let splitter = LineSplitter(layout: plan.layout)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, plan.numbers.count)) {
      numbers in
      numbers.initialize(repeating: 0)
      var row = RowReader(plan: plan, splitter: splitter, numbers: numbers)
      var records = RecordWalk(bytes, RecordEnds(plan.layout))
      while let record = records.next() {
        if record.field.count == 0 {
          chunk.blankLines += 1
        } else {
          chunk.records += 1
          if let found = row.read(record.field, into: &chunk, isCut: !record.hasEnd) {
            chunk.problemCount += 1
            if chunk.problems.count < problemLimit {
              var problem = found
              problem.file = path
              problem.line = chunk.lines
              chunk.problems.append(problem)
            }
          }
        }
        chunk.lines += record.lines
      }
    }
    return chunk
  }
}
