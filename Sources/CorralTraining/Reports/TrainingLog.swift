public import Foundation

/// `training.jsonl`: one JSON object a line for each epoch, keys in alphabetical order.
///
/// A resumed run starts from the epochs that its checkpoint knows, so that an epoch that is repeated
/// after a kill is in the file once.
public struct TrainingLog {
  /// The file.
  public let file: URL
  private let handle: FileHandle

  /// Opens a log for a run that begins after `history`; throws what the file system says.
  public init(file: URL, history: [EpochReport] = []) throws {
    self.file = file
    try Data(try history.map(Self.line).joined()).write(to: file, options: .atomic)
    handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
  }

  /// Adds an epoch.
  public func append(_ report: EpochReport) throws {
    try handle.write(contentsOf: try Self.line(report))
  }

  private static func line(_ report: EpochReport) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(report) + Data("\n".utf8)
  }
}
