import Foundation

/// Reads the rows of one chunk of a log: bytes in, columns out, no text in between.
struct ChunkReader {
  let plan: RowPlan
  let path: String
  /// How many problems a chunk keeps; all are counted.
  let problemLimit: Int

  /// Reads whole lines; `isLast` says that the file ends where the bytes do.
  func read(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> LogChunk {
    // A guess at the row count that is rarely short: lines are seldom below 12 bytes.
    var chunk = LogChunk(plan, capacity: bytes.count / 14)
    guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return chunk }
    let splitter = LineSplitter(layout: plan.layout)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, plan.numbers.count)) {
      numbers in
      numbers.initialize(repeating: 0)
      var row = RowReader(plan: plan, splitter: splitter, numbers: numbers)
      var at = 0
      while at < bytes.count {
        let rest = bytes.count - at
        var length = rest
        var hasEnd = false
        if let found = memchr(base + at, Int32(Byte.newline), rest) {
          length = UnsafeRawPointer(found) - UnsafeRawPointer(base + at)
          hasEnd = true
        }
        var line = Field(start: base + at, count: length)
        if line.count > 0, line.start[line.count - 1] == Byte.carriageReturn { line.count -= 1 }
        if line.count == 0 {
          chunk.blankLines += 1
        } else if let found = row.read(line, into: &chunk, isCut: isLast && !hasEnd) {
          chunk.problemCount += 1
          if chunk.problems.count < problemLimit {
            var problem = found
            problem.file = path
            problem.line = chunk.lines
            chunk.problems.append(problem)
          }
        }
        chunk.lines += 1
        at += length + 1
      }
    }
    return chunk
  }
}
