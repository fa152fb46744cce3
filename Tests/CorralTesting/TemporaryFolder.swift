package import Foundation

/// Calls `body` with a new folder, which is removed afterwards.
package func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = try newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// Calls `body` with a new folder, which is removed afterwards.
package func withTemporaryFolder<Result>(_ body: (URL) async throws -> Result) async throws
  -> Result
{
  let folder = try newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

private func newFolder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("corral-\(UUID().uuidString)", isDirectory: true)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}

extension URL {
  /// Writes a text file into this folder and returns its path.
  @discardableResult
  package func write(_ text: String, as name: String) throws -> String {
    try write(Data(text.utf8), as: name)
  }

  /// Writes a file into this folder and returns its path.
  @discardableResult
  package func write(_ data: Data, as name: String) throws -> String {
    let file = appendingPathComponent(name)
    try data.write(to: file)
    return file.path
  }
}
