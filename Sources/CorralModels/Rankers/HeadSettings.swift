import CorralData

/// A further head of a ranker, which learns a label of the data: an entry of `heads`.
///
/// Written `LABEL`, `LABEL:LOSS` or `LABEL:LOSS:WEIGHT`, as `is_like` or `watch:squared:0.5`.
public struct HeadSettings: Sendable, Equatable {
  /// The label: a column of `data.labels`.
  public var label: String
  /// The loss of the head.
  public var loss = HeadLoss.crossEntropy
  /// The weight of its loss; that of the main head has weight 1.
  public var weight: Float = 1

  /// A head for a label.
  public init(label: String, loss: HeadLoss = .crossEntropy, weight: Float = 1) {
    self.label = label
    self.loss = loss
    self.weight = weight
  }

  /// The losses of a head, whose prediction is `sigmoid(logit)`.
  public enum HeadLoss: String, Sendable, Codable, CaseIterable {
    /// Binary cross-entropy: for yes or no, and for fractions.
    case crossEntropy = "bce"
    /// The squared error: for fractions.
    case squaredError = "squared"
  }
}

extension HeadSettings: Codable, CustomStringConvertible {
  /// The head that a text describes; throws `SettingError` for a text that describes none.
  package init(_ text: String) throws { try self.init(text, key: "heads") }

  private init(_ text: String, key: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    func fault(_ reason: String) -> SettingError { SettingError(key, text, reason) }
    guard let label = parts.first, !label.isEmpty, parts.count <= 3 else {
      throw fault("give LABEL, LABEL:LOSS or LABEL:LOSS:WEIGHT, such as watch:squared:0.5")
    }
    self.init(label: label)
    if parts.count > 1 {
      guard let loss = HeadLoss(rawValue: parts[1]) else {
        throw fault("the losses of a head are bce and squared")
      }
      self.loss = loss
    }
    if parts.count > 2 {
      guard let weight = Float(parts[2]), weight > 0, weight.isFinite else {
        throw fault("give a weight above 0, such as 0.5")
      }
      self.weight = weight
    }
  }

  /// Reads a head from its text; throws `SettingError`, with the path of the text, for a text that
  /// describes none.
  public init(from decoder: any Decoder) throws {
    let names = decoder.codingPath.filter { $0.intValue == nil }.map(\.stringValue)
    try self.init(
      decoder.singleValueContainer().decode(String.self),
      key: names.isEmpty ? "heads" : names.joined(separator: "."))
  }

  /// Writes a head as its text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// The text: label, loss and weight.
  public var description: String { "\(label):\(loss.rawValue):\(weight)" }
}

/// How a ranker that serves turns the outputs of its heads into one score.
public enum ServedScore: String, Sendable, Codable, CaseIterable {
  /// The main head's logit.
  case main
  /// The sum of all heads' probabilities; those of further heads are multiplied by their weights.
  case sum
}
