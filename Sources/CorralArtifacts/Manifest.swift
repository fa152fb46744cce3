package import Foundation

/// The description of a saved model: `manifest.json`.
package struct Manifest: Sendable, Hashable, Codable {
  /// The format that this version of Corral writes; it reads this one and all before it.
  package static let currentFormat = 2
  /// The name of its file.
  package static let fileName = "manifest.json"

  /// The data that a model was trained on.
  package struct DataProvenance: Sendable, Hashable, Codable {
    /// Their path, as the user gave it.
    package var path: String
    /// The SHA-256 of their files: see `FileHash`.
    package var sha256: String
    /// The number of users after filtering.
    package var users: Int
    /// The number of items after filtering.
    package var items: Int
    /// The number of interactions after filtering.
    package var interactions: Int

    /// Data with their path, hash and counts.
    package init(path: String, sha256: String, users: Int, items: Int, interactions: Int) {
      self.path = path
      self.sha256 = sha256
      self.users = users
      self.items = items
      self.interactions = interactions
    }
  }

  /// How a model came to be.
  package struct Creation: Sendable, Hashable, Codable {
    /// The time, in the ISO 8601 form, UTC.
    package var at: String
    /// The program, as `corral 0.1.0`.
    package var by: String
    /// The machine in words: operating system, cores, device.
    package var machine: String
    /// How long training took, in seconds.
    package var seconds: Double
    /// How long the evaluation took, in seconds; `nil` if nothing was measured.
    package var evaluationSeconds: Double?

    /// A model made at a time by a program.
    package init(
      at date: Date = Date(), by program: String, machine: String, seconds: Double,
      evaluationSeconds: Double? = nil
    ) {
      at = date.formatted(.iso8601)
      by = program
      self.machine = machine
      self.seconds = seconds
      self.evaluationSeconds = evaluationSeconds
    }
  }

  /// The length and content of one file.
  package struct FileRecord: Sendable, Hashable, Codable {
    /// Its length.
    package var bytes: Int
    /// Its SHA-256.
    package var sha256: String
  }

  /// The format of the directory.
  package private(set) var format = Manifest.currentFormat
  /// The kind of each part: `["retriever": "two-tower", "index": "hnsw"]`.
  package var kinds: [String: String]
  /// The merged settings: enough to repeat the run.
  package var settings: JSONValue
  /// The data that the model was trained on.
  package var data: DataProvenance
  /// The metrics that were measured.
  package var metrics: JSONValue
  /// How the model came to be.
  package var created: Creation
  /// Every other file of the directory, by its path in it; filled when the model is written.
  package internal(set) var files: [String: FileRecord] = [:]

  /// A manifest of a model that is about to be written.
  package init(
    kinds: [String: String], settings: JSONValue, data: DataProvenance, metrics: JSONValue,
    created: Creation
  ) {
    self.kinds = kinds
    self.settings = settings
    self.data = data
    self.metrics = metrics
    self.created = created
  }

  /// The text of the file: keys in alphabetical order, one a line.
  func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// Reads the text of the manifest at a place; the format is looked at first, so that a newer one
  /// is named as such.
  init(_ text: Data, at url: URL) throws {
    struct Format: Decodable { var format: Int }
    guard let format = try? JSONDecoder().decode(Format.self, from: text).format else {
      throw ArtifactError.damagedManifest(
        path: url.path, reason: "it is not the JSON of a manifest with a format number")
    }
    if format > Self.currentFormat {
      throw ArtifactError.newerFormat(
        path: url.deletingLastPathComponent().path, format: format, known: Self.currentFormat)
    }
    do {
      self = try JSONDecoder().decode(Manifest.self, from: text)
    } catch {
      throw ArtifactError.damagedManifest(path: url.path, reason: Self.reason(of: error))
    }
    for name in files.keys where !Self.isInside(name) {
      throw ArtifactError.damagedManifest(
        path: url.path, reason: "the file name '\(name)' leads outside the model")
    }
  }

  private static func isInside(_ name: String) -> Bool {
    !name.hasPrefix("/") && !name.isEmpty
      && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && $0 != "." && $0 != ".."
      }
  }

  private static func reason(of error: any Error) -> String {
    func path(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
      "'"
        + (context.codingPath + (key.map { [$0] } ?? [])).map(\.stringValue)
        .joined(separator: ".") + "'"
    }
    return switch error {
    case DecodingError.keyNotFound(let key, let context): "\(path(context, key)) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "\(path(context)) has the wrong type"
    default: "it cannot be understood"
    }
  }
}
