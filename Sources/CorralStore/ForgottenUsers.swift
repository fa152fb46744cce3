import Foundation
import GRDB
import LibCrypto

/// The salted hashes of the users whom a store was told to forget.
///
/// Only whoever has the store can try ids against them: the salt is random and kept in the store.
struct ForgottenUsers {
  private let salt: Data
  private let isEmpty: Bool
  private let find: Query
  private let database: Database

  /// The hashes of a connection.
  init(_ database: Database) throws {
    self.database = database
    salt = try Data.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'salt'") ?? Data()
    isEmpty = try Int.fetchOne(database, sql: "SELECT 1 FROM forgotten LIMIT 1") == nil
    find = try Query(database, "SELECT 1 FROM forgotten WHERE hash = ?")
  }

  /// Whether a user was ever forgotten.
  func contains(_ id: String) throws -> Bool {
    if isEmpty { return false }
    find.bind(hash(id), at: 1)
    defer { find.reset() }
    return try find.step()
  }

  /// Remembers that a user was forgotten, and that the last trace is not yet erased.
  func insert(_ id: String) throws {
    try database.execute(
      sql: """
        INSERT INTO forgotten (hash, erased) VALUES (?, 0) ON CONFLICT DO UPDATE SET erased = 0
        """, arguments: [hash(id)])
  }

  /// Remembers that no trace of a user is left in the files.
  func markErased(_ id: String) throws {
    try database.execute(
      sql: "UPDATE forgotten SET erased = 1 WHERE hash = ?", arguments: [hash(id)])
  }

  /// The SHA-256 of the salt and an id.
  private func hash(_ id: String) -> Data {
    let text = salt + Data(id.utf8)
    var digest = Data(count: 32)
    let isDone = digest.withUnsafeMutableBytes { digest in
      text.withUnsafeBytes { text in
        EVP_Digest(text.baseAddress, text.count, digest.baseAddress, nil, EVP_sha256(), nil)
      }
    }
    precondition(isDone == 1, "libcrypto has no SHA-256")
    return digest
  }
}
