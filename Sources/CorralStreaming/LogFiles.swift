import CorralVectors
import Foundation

/// The files that a log is spread over: the one at its path, and those that it was renamed to.
///
/// Of `events.csv` these are `events.csv.1`, `events.csv-20240531`, `events-2024-05-31.csv` and the
/// like: its name and a mark of digits, or `.old`, after it or before its extension.
struct LogFiles {
  /// When a file was written last.
  struct Moment: Comparable {
    private let seconds: Int
    private let nanoseconds: Int

    /// The time of the last change that a status tells.
    init(_ status: stat) {
      #if canImport(Darwin)
        let time = status.st_mtimespec
      #else
        let time = status.st_mtim
      #endif
      (seconds, nanoseconds) = (Int(time.tv_sec), Int(time.tv_nsec))
    }

    static func < (left: Self, right: Self) -> Bool {
      (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
  }

  /// One file of a log.
  struct Entry {
    var path: String
    var inode: UInt64
    var size: Int
    var changed: Moment
    /// The number of a name such as `events.csv.1`, of which greater ones are older.
    var number: Int?

    /// Whether a program has compressed it.
    var isCompressed: Bool { LogFiles.compressed.contains { path.hasSuffix($0) } }
  }

  fileprivate static let compressed = [".gz", ".xz", ".bz2", ".zst", ".zip", ".lz4"]

  /// The path of the log, where it is written.
  let path: String

  /// The file at the path; `nil` while there is none.
  func active() -> Entry? { Self.entry(path, number: nil) }

  /// All files, those that were written first before the others, and the active one last.
  ///
  /// - Throws: `StreamError.unreadable` for a folder that cannot be listed.
  func all() throws -> [Entry] {
    var files = try listed()
    // Files may be renamed while they are listed: two lists in a row that agree missed none.
    for _ in 0..<100 {
      let again = try listed()
      if again.map(\.path) == files.map(\.path), again.map(\.inode) == files.map(\.inode) {
        return again
      }
      files = again
    }
    return files
  }

  /// The file that was begun after another one, and holds something; `nil` if that is the last.
  func next(after log: OpenLog) throws -> Entry? {
    let active = active()
    if active?.inode == log.inode { return nil }
    let files = try all()
    if let at = files.firstIndex(where: { $0.inode == log.inode }) {
      return files[(at + 1)...].first { $0.size > 0 }
    }
    // The file was deleted, or has another kind of name.
    let changed = try log.status().changed
    return files.first { ($0.path == path || $0.changed > changed) && $0.size > 0 }
  }

  /// The first of the log's files that meets a condition, open; compressed ones are left out.
  ///
  /// - Parameters:
  ///   - others: whether files of the folder with other names are looked at too, and first.
  ///   - isPossible: whether a file could be the one, before it is opened.
  ///   - isWanted: whether it is.
  /// - Returns: the file; `nil` if there is none.
  /// - Throws: `StreamError.unreadable`, and what the conditions throw.
  func first(
    amongOthers others: Bool = false, where isPossible: (Entry) -> Bool,
    and isWanted: (OpenLog) throws -> Bool
  ) throws -> OpenLog? {
    // A file that was renamed between the listing and the opening is looked for again.
    for _ in 0..<100 {
      var hasMoved = false
      let entries = others ? try names().compactMap { Self.entry(inFolder($0), number: nil) } : []
      for entry in try entries + all() where !entry.isCompressed && isPossible(entry) {
        guard let log = try OpenLog(entry) else {
          hasMoved = true
          continue
        }
        if try isWanted(log) { return log }
      }
      if !hasMoved { return nil }
    }
    return nil
  }

  private func listed() throws -> [Entry] {
    let name = (path as NSString).lastPathComponent
    let names = try names()
    let rotated = names.compactMap { other -> Entry? in
      // One that is being compressed is there twice.
      if let plain = Self.uncompressed(other), names.contains(plain) { return nil }
      return mark(of: other, name).flatMap { Self.entry(inFolder($0.name), number: $0.number) }
    }
    // The system's clock has ticks of some milliseconds, so names decide between equal times.
    let sorted = rotated.sorted { left, right in
      if left.changed != right.changed { return left.changed < right.changed }
      switch (left.number, right.number) {
      case (let left?, let right?) where left != right: return left > right
      case (_?, nil): return true
      case (nil, _?): return false
      default: return left.path < right.path
      }
    }
    return sorted + [active()].compactMap(\.self)
  }

  private func names() throws -> [String] {
    let folder = inFolder("")
    do { return try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      throw StreamError.unreadable(path: folder, reason: SystemReason.text(of: error))
    }
  }

  private func inFolder(_ name: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return ((folder.isEmpty ? "." : folder) as NSString).appendingPathComponent(name)
  }

  /// The number in the name of a file that the log was renamed to; `nil` for other files.
  private func mark(of other: String, _ name: String) -> (name: String, number: Int?)? {
    if other == name { return nil }
    let plain = Self.uncompressed(other) ?? other
    let (stem, end) = ((name as NSString).deletingPathExtension, (name as NSString).pathExtension)
    var mark: Substring?
    if plain.hasPrefix(name) {
      mark = plain.dropFirst(name.count)
    } else if !end.isEmpty, plain.hasPrefix(stem), plain.hasSuffix("." + end) {
      mark = plain.dropFirst(stem.count).dropLast(end.count + 1)
    }
    guard let mark else { return nil }
    if mark.isEmpty { return (other, nil) }
    let isNumbered =
      mark.contains(where: \.isNumber) && mark.allSatisfy { "0123456789.-_:+TZ".contains($0) }
    guard isNumbered || mark == ".old" else { return nil }
    let number = mark.drop { ".-_".contains($0) }
    return (other, number.count <= 4 ? Int(number) : nil)
  }

  /// The name that a compressed file had before; `nil` for others.
  private static func uncompressed(_ name: String) -> String? {
    compressed.first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) }
  }

  private static func entry(_ path: String, number: Int?) -> Entry? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Entry(
      path: path, inode: UInt64(status.st_ino), size: Int(status.st_size),
      changed: Moment(status), number: number)
  }
}
