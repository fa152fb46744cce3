public import Foundation

/// What a saved model says of itself: `manifest.json`.
public struct Manifest: Sendable, Hashable, Codable {
  /// The format that this version of Corral writes; it reads this one and all before it.
  public static let currentFormat = 2
  /// The name of its file.
  public static let fileName = "manifest.json"

  /// The data that a model was trained on.
  public struct DataProvenance: Sendable, Hashable, Codable {
    /// Where they were, as the user gave it.
    public var path: String
    /// The SHA-256 of their files: see `FileHash`.
    public var sha256: String
    /// The number of users after filtering.
    public var users: Int
    /// The number of items after filtering.
    public var items: Int
    /// The number of interactions after filtering.
    public var interactions: Int

    /// Data at a place, with their hash and counts.
    public init(path: String, sha256: String, users: Int, items: Int, interactions: Int) {
      self.path = path
      self.sha256 = sha256
      self.users = users
      self.items = items
      self.interactions = interactions
    }
  }

  /// How a model came to be.
  public struct Creation: Sendable, Hashable, Codable {
    /// When, in the ISO 8601 form, UTC.
    public var at: String
    /// By which program: `corral 0.1.0`.
    public var by: String
    /// On which machine, in words: operating system, cores, device.
    public var machine: String
    /// How long training took, in seconds.
    public var seconds: Double
    /// How long its evaluation took, in seconds; `nil` where nothing was measured.
    public var evaluationSeconds: Double?

    /// A model made at a time by a program.
    public init(
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
  public struct FileRecord: Sendable, Hashable, Codable {
    /// Its length.
    public var bytes: Int
    /// Its SHA-256.
    public var sha256: String
  }

  /// The format of the directory.
  public private(set) var format = Manifest.currentFormat
  /// What the parts are: `["retriever": "two-tower", "index": "hnsw"]`.
  public var kinds: [String: String]
  /// The merged settings: enough to repeat the run.
  public var settings: JSONValue
  /// The data that the model was trained on.
  public var data: DataProvenance
  /// What was measured.
  public var metrics: JSONValue
  /// How the model came to be.
  public var created: Creation
  /// Every other file of the directory, by its path in it; filled when the model is written.
  public internal(set) var files: [String: FileRecord] = [:]

  /// A manifest of a model that is about to be written.
  public init(
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
