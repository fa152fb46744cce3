import LibCrypto

/// A SHA-256 that takes its bytes piece by piece, by the system's libcrypto.
///
/// Throws `ArtifactError.noHash` when libcrypto fails: for lack of memory, or because its
/// configuration switches SHA-256 off.
struct SHA256: ~Copyable {
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
