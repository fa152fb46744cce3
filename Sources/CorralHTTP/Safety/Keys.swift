import Foundation
import HTTPTypes
package import Hummingbird

/// Keys that say who may read, write and administrate; a key for more allows the less.
package struct Keys: Sendable {
  /// What keeps keys from being used; no text of a key is in it.
  package enum Fault: Error, Equatable, CustomStringConvertible {
    case unreadable(path: String)
    case badLine(path: String, line: Int)
    case tooShort(place: String, scope: String)
    case twice(place: String)

    package var description: String {
      switch self {
      case .unreadable(let path): "\(path): the file of keys cannot be read"
      case .badLine(let path, let line):
        "\(path):\(line): a line holds read, write or admin, and a key: `read 5f0c...`"
      case .tooShort(let place, let scope):
        "\(place): the key to \(scope) has fewer than \(Keys.shortest) characters; "
          + "`openssl rand -hex 16` makes a good one"
      case .twice(let place): "\(place): one key stands for two scopes"
      }
    }
  }

  /// How long a key must be, so that it cannot be guessed.
  package static let shortest = 16

  private var keys: [(bytes: [UInt8], scope: Route.Scope)] = []

  /// No keys: everybody may do everything.
  package init() {}

  /// Whether there are no keys.
  package var isEmpty: Bool { keys.isEmpty }

  /// The keys of environment variables and of a file, whose lines hold a scope and a key.
  ///
  /// - Throws: `Keys.Fault`.
  package init(environment: [String: String], file: String? = nil) throws {
    for scope in Route.Scope.allCases {
      let name = "CORRAL_\(scope.rawValue.uppercased())_KEY"
      if let key = environment[name], !key.isEmpty { try add(key, scope, from: name) }
    }
    guard let file else { return }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Fault.unreadable(path: file)
    }
    let lines = String(decoding: data, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (place, line) in lines.enumerated() {
      let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      guard words.count == 2, let scope = Route.Scope(rawValue: String(first)) else {
        throw Fault.badLine(path: file, line: place + 1)
      }
      try add(String(words[1]), scope, from: "\(file):\(place + 1)")
    }
  }

  private mutating func add(_ key: String, _ scope: Route.Scope, from place: String) throws {
    guard key.utf8.count >= Self.shortest else {
      throw Fault.tooShort(place: place, scope: scope.rawValue)
    }
    let bytes = Array(key.utf8)
    guard !keys.contains(where: { $0.bytes == bytes }) else { throw Fault.twice(place: place) }
    keys.append((bytes, scope))
  }

  /// What a key allows; `nil` for an unknown one.
  ///
  /// Every key is compared to its end, so that the time says nothing of how much of one was right.
  package func scope(of presented: String) -> Route.Scope? {
    let bytes = Array(presented.utf8)
    var found: Route.Scope?
    for (key, scope) in keys where Self.areEqual(bytes, key) { found = scope }
    return found
  }

  /// Whether two keys are equal, in a time that depends on the length of the first alone.
  private static func areEqual(_ presented: [UInt8], _ key: [UInt8]) -> Bool {
    var difference = presented.count ^ key.count
    for place in presented.indices {
      difference |= Int(presented[place] ^ key[place % key.count])
    }
    return difference == 0
  }

  /// The key that a request brings; `nil` for none.
  package static func presented(in headers: HTTPFields) -> String? {
    if let key = headers[.apiKey] { return key }
    guard let value = headers[.authorization] else { return nil }
    let words = value.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
    return String(words[1])
  }
}

extension HTTPField.Name {
  /// The header by which clients of gorse bring their key.
  // swift-format-ignore: NeverForceUnwrap, since the name is a token.
  static let apiKey = HTTPField.Name("X-API-Key")!
  /// The header that chooses between the shapes of gorse's answers.
  // swift-format-ignore: NeverForceUnwrap, since the name is a token.
  static let apiVersion = HTTPField.Name("X-API-Version")!
}
