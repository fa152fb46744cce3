import CorralData

/// The settings of one model: the keys that stand beside `model` in the block `retriever` or
/// `ranker`.
///
/// Each model has settings of its own, with the keys that it uses and no others.
package protocol ModelSettings: Sendable, Codable, Equatable {
  /// The defaults.
  init()

  /// The model's name in settings, as `two-tower`.
  static var name: String { get }

  /// Who described the model, and when.
  static var paper: String { get }

  /// The number of elements of each embedding.
  var dimension: Int { get set }

  /// Throws `SettingError` for the first value that the model cannot have; its key is relative to
  /// the block, as `dimension`.
  func validate() throws
}

extension ModelSettings {
  /// Whether other settings are of the same model and have the same values.
  func equals(_ other: any ModelSettings) -> Bool { other as? Self == self }

  /// Writes the key `model` and the keys of the model, side by side.
  func encodeFlat(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: ModelKey.self)
    try container.encode(Self.name, forKey: .model)
    try encode(to: encoder)
  }
}

/// The key that names the model of a block.
enum ModelKey: CodingKey {
  /// The name, as `two-tower`.
  case model
}

extension ModelSettings {
  /// Throws unless a value is good.
  func check(
    _ isGood: Bool, _ key: String, _ value: some Any, _ reason: @autoclosure () -> String
  ) throws {
    try SettingError.check(isGood, key, value, reason())
  }

  /// Throws unless embeddings of this shape can be learned; `example` is a good spread.
  func check(initialSpread: Float, such example: Float) throws {
    try check(dimension > 0, "dimension", dimension, "vectors need 1 element or more, such as 64")
    try check(
      initialSpread > 0 && initialSpread.isFinite, "initialSpread", initialSpread,
      "embeddings that all start from the same point stay there; give a number above 0, such as "
        + "\(example)")
  }

  /// Throws unless a share of activations can be dropped.
  func check(dropout: Float) throws {
    try check(
      (0..<1).contains(dropout), "dropout", dropout, "give a share from 0 up to, but not, 1")
  }

  /// Throws unless layers of these widths can be made.
  func check(widths: [Int], _ key: String) throws {
    try check(widths.allSatisfy { $0 > 0 }, key, widths, "a layer has 1 width or more")
  }
}
