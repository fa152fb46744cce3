/// Reads the rows of one chunk of a log: bytes in, columns out, no text in between.
struct ChunkReader {
  let plan: RowPlan
  let path: String
  /// How many problems a chunk keeps; all are counted.
  let problemLimit: Int

  /// Reads whole records; one without a line end is the last of the file.
  func read(_ bytes: UnsafeRawBufferPointer) -> LogChunk {
    // A guess at the row count that is rarely short: lines are seldom below 12 bytes.
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
