package import CorralData
import CorralVectors
package import Foundation

/// Events of a file that grows: a table with a header, or JSON lines.
///
/// A line counts when its end is there. The file may be rotated: renamed, and a new one begun in its
/// place, several times between two readings too; or copied and truncated. Every line is read once,
/// in order: the old file is left when its follower holds something, since its writer has then left
/// it as well. Nobody can know what is lost when a file is truncated without a copy beside it, or
/// before its first byte was read. `LogFiles` says which names belong to a log; they are ordered by when they
/// were last written.
package final class FileSource: EventSource {
  /// Whether more may be written.
  package enum End: Sendable {
    /// Somebody writes the file: it is followed for ever.
    case open
    /// Nobody does: the source ends with the file.
    case closed
  }

  package let name: String
  package private(set) var hasEnded = false
  private let files: LogFiles
  private let end: End
  private let deadLetter: DeadLetterFile?
  private var log: OpenLog
  private var lines: LineStream<FileCursor>

  /// The events of a file from its beginning, without those of files that it was renamed to before.
  ///
  /// - Parameters:
  ///   - file: where the log is written.
  ///   - end: whether more may be written.
  ///   - format: how lines are written.
  ///   - columns: which fields make up an event.
  ///   - deadLetter: where bad records go; `nil` to stop at the first.
  ///   - position: where to begin; `nil` for the beginning. With it, a file need not be at the path:
  ///     there is none for a moment when a log is rotated.
  /// - Throws: `StreamError.unreadable` where no file is, and what `seek` throws.
  package init(
    _ file: URL, end: End = .open, format: DataFormat = .automatic,
    columns: ColumnNames = ColumnNames(), deadLetter: URL? = nil, at position: StreamPosition? = nil
  ) throws {
    name = file.path
    files = LogFiles(path: file.path)
    self.end = end
    self.deadLetter = deadLetter.map(DeadLetterFile.init)
    var lines = LineStream(
      name: file.path, format: format, columns: columns, deadLetter: self.deadLetter,
      cursor: FileCursor(path: file.path, inode: 0))
    if let position {
      log = try Self.sought(position, files, &lines)
    } else {
      log = try OpenLog(path: file.path)
      try lines.begin(at: FileCursor(path: file.path, inode: log.inode), firstLine: nil)
    }
    self.lines = lines
  }

  package var deadLetters: Int { deadLetter?.count ?? 0 }
  package var position: StreamPosition { lines.cursor.position }

  package func available(_ limit: Int) throws -> [StreamRecord] {
    while true {
      let records = try lines.records(limit)
      if !records.isEmpty { return records }
      // Many bad records may stand before the next line.
      guard try lines.hasLine || readOn() else { return [] }
    }
  }

  package func wait(_ seconds: Double) { Thread.sleep(forTimeInterval: seconds) }

  package func seek(to position: StreamPosition) throws {
    log = try Self.sought(position, files, &lines)
    hasEnded = false
  }

  package func lag() throws -> StreamLag {
    let here = try log.status().size - lines.cursor.offset
    let all = try files.active()?.inode == log.inode ? [] : files.all()
    let later = all.firstIndex { $0.inode == log.inode }.map { all[($0 + 1)...] } ?? all.suffix(1)
    return StreamLag(bytes: max(0, here) + later.map(\.size).reduce(0, +))
  }

  /// Reads more bytes, or begins the next file; `false` if there is nothing for now.
  private func readOn() throws -> Bool {
    switch try log.read(into: &lines.buffer) {
    case .more:
      try lines.checkLength()
      return true
    case .truncated: return try beginAnew()
    case .end: break
    }
    guard let next = try files.next(after: log) else {
      if end == .open { return false }
      try lines.passCut("the file ends in the middle of the line")
      hasEnded = true
      return false
    }
    return try goOn(with: next)
  }

  /// Leaves the file for the one that was begun after it; `true` if there is something to read.
  private func goOn(with next: LogFiles.Entry) throws -> Bool {
    if next.isCompressed {
      throw StreamError.unreadable(
        path: next.path,
        reason: "it holds the events behind \(position) and is compressed: unpack it there")
    }
    // Whatever is renamed, copied or truncated meanwhile is found at the next reading.
    guard let opened = try OpenLog(next) else { return false }
    let size = try opened.remember()
    guard !opened.head.isEmpty, try files.next(after: log)?.inode == opened.inode else {
      return false
    }
    if size >= log.offset, opened.head.starts(with: log.head) {
      // One of the two is a copy that is being made of the other, before that is truncated.
      move(to: opened)
      return true
    }
    // What was written before the next file was begun may be there only now.
    switch try log.read(into: &lines.buffer) {
    case .more: return true
    case .truncated: return try beginAnew()
    case .end: break
    }
    try lines.passCut("the file was renamed, and ends in the middle of the line")
    try begin(opened)
    return true
  }

  /// Goes on after the file was truncated: in a copy of what it held, or with what it holds now.
  private func beginAnew() throws -> Bool {
    let copy = try files.first { entry in
      entry.path != name && entry.inode != log.inode && entry.changed >= log.changed
    } and: { copy in
      try copy.holds(log.head, size: log.offset)
    }
    if let copy {
      move(to: copy)
      return true
    }
    try lines.passCut("the file was truncated in the middle of the line")
    let opened = try OpenLog(path: name)
    _ = try opened.remember()
    try begin(opened)
    return true
  }

  /// Goes on at the same place of a file that holds the same.
  private func move(to opened: OpenLog) {
    opened.go(to: log.offset, head: log.head)
    lines.move(to: lines.cursor.moved(to: opened.inode))
    log = opened
  }

  private func begin(_ opened: OpenLog) throws {
    try lines.begin(at: FileCursor(path: name, inode: opened.inode), firstLine: nil)
    log = opened
  }

  /// The file that a position is in, wherever it was renamed or copied to, and `lines` at the position.
  private static func sought(
    _ position: StreamPosition, _ files: LogFiles, _ lines: inout LineStream<FileCursor>
  ) throws -> OpenLog {
    guard case .file(let place) = position else {
      throw StreamError.foreign(position: position, source: lines.name)
    }
    var reason = "no file beside \(files.path) is the one with inode \(place.inode)"
    var (head, firstLine) = ([UInt8](), [UInt8]?.none)
    func isWanted(_ log: OpenLog) throws -> Bool {
      guard let found = try Self.head(of: log, at: place) else { return false }
      firstLine = try Self.firstLine(of: log, before: place.offset)
      head = found
      // Unless it was cut since.
      return try log.holds(head, size: place.offset)
    }
    let same = try files.first(amongOthers: true) {
      $0.inode == place.inode
    } and: { log in
      reason = "\(log.path) has been truncated or written anew"
      return try isWanted(log)
    }
    // A copy is known by what it holds; a header alone would be that of every file.
    let found =
      try same
      ?? files.first {
        $0.inode != place.inode
      } and: { log in
        guard try isWanted(log), let firstLine else { return false }
        return try place.line > 1 || !lines.isHeader(firstLine)
      }
    guard let found else { throw StreamError.gone(position: position, reason: reason) }
    let cursor = FileCursor(
      path: files.path, inode: found.inode, offset: place.offset, line: place.line, head: head)
    try lines.begin(at: cursor, firstLine: firstLine)
    found.go(to: place.offset, head: head)
    return found
  }

  /// The first bytes of a file that has the beginning which a place tells, and a line or its own end
  /// there; `nil` for others.
  private static func head(of log: OpenLog, at place: FilePlace) throws -> [UInt8]? {
    let size = try log.status().size
    guard place.offset >= 0, size >= place.offset,
      place.headLength == min(FileCursor.headLength, place.offset)
    else { return nil }
    let head = try log.firstBytes(place.headLength)
    guard head.count == place.headLength,
      String(FNVHash(head).value, radix: 16) == place.head
    else { return nil }
    if place.offset == 0 || size == place.offset { return head }
    return try log.bytes(at: place.offset - 1, 1) == [UInt8(ascii: "\n")] ? head : nil
  }

  /// The first line of a file that is not blank, if it ends before a place.
  private static func firstLine(of log: OpenLog, before place: Int) throws -> [UInt8]? {
    var count = min(place, 1 << 12)
    while count > 0 {
      let bytes = try log.bytes(at: 0, count)
      for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .dropLast() where line.contains(where: { $0 > UInt8(ascii: " ") })
      {
        return Array(line)
      }
      if count == place { return nil }
      count = min(place, count * 4)
    }
    return nil
  }
}
