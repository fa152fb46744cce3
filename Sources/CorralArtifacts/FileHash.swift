package import Foundation
import LibCrypto

/// SHA-256 of files, read a piece at a time: the memory is constant, whatever their size.
package enum FileHash {
  /// The SHA-256 of one file, in lower-case hexadecimal, as `sha256sum` prints it.
  ///
  /// Throws `ArtifactError`.
  package static func sha256(of url: URL) throws -> String {
    try digest(of: OpenFile(path: url.path)).sha256
  }

  /// The SHA-256 of a set of files.
  ///
  /// A single file has its own hash. Several files have the hash of the lines that `sha256sum` prints
  /// for them, sorted by name and without folders. So the hash changes when a file's content or name
  /// changes, but not when the folder moves.
  package static func sha256(of urls: [URL]) throws -> String {
    if urls.count == 1 { return try sha256(of: urls[0]) }
    let lines = try urls.map { (name: $0.lastPathComponent, sha256: try sha256(of: $0)) }
      .sorted { ($0.name, $0.sha256) < ($1.name, $1.sha256) }
      .map { "\($0.sha256)  \($0.name)\n" }
    let hash = try SHA256()
    try Data(lines.joined().utf8).withUnsafeBytes { try hash.update($0) }
    return try hash.finish()
  }

  /// The SHA-256 and the length of a file, from one reading of it.
  static func digest(of file: OpenFile) throws -> (sha256: String, bytes: Int) {
    let hash = try SHA256()
    var bytes = 0
    try file.forEachPiece { piece in
      try hash.update(piece)
      bytes += piece.count
    }
    return (try hash.finish(), bytes)
  }
}

/// A SHA-256 that takes its bytes piece by piece, by the system's libcrypto.
///
/// Throws `ArtifactError.noHash` when libcrypto fails: for lack of memory, or because its
/// configuration switches SHA-256 off.
private struct SHA256: ~Copyable {
  private let context: OpaquePointer?

  /// The hash of no bytes yet.
  init() throws {
    context = EVP_MD_CTX_new()
    if context == nil { throw ArtifactError.noHash }
    try Self.check(EVP_DigestInit_ex(context, EVP_sha256(), nil))
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Appends bytes.
  func update(_ bytes: UnsafeRawBufferPointer) throws {
    try Self.check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
  }

  /// The hash of all the bytes, in lower-case hexadecimal; no more bytes can follow.
  consuming func finish() throws -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    try Self.check(EVP_DigestFinal_ex(context, &digest, &count))
    let digits = Array("0123456789abcdef")
    return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  private static func check(_ result: Int32) throws {
    if result != 1 { throw ArtifactError.noHash }
  }
}
