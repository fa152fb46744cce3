package import Foundation

/// `training.jsonl`: one line per epoch, a JSON object with its keys in alphabetical order.
///
/// A resumed run starts from the epochs of its checkpoint, so that an epoch that is repeated after a
/// kill stands in the file once.
package struct TrainingLog {
  /// The file.
  package let file: URL
  private let handle: FileHandle

  /// Opens a log for a run that begins after `history`; throws errors of the file system.
  package init(file: URL, history: [EpochReport] = []) throws {
    self.file = file
    try Data(try history.map(Self.line).joined()).write(to: file, options: .atomic)
    handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
  }

  /// Adds an epoch.
  package func append(_ report: EpochReport) throws {
    try handle.write(contentsOf: try Self.line(report))
  }

  private static func line(_ report: EpochReport) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(report) + Data("\n".utf8)
  }
}
