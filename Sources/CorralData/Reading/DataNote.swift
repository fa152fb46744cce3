/// A remark on what was guessed, left out or unusable while data were read: one line.
public struct DataNote: Sendable, Equatable, Codable, CustomStringConvertible {
  /// The importance of a note.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Worth knowing.
    case note
    /// Probably not what the user wants.
    case warning
  }

  /// The importance of the note.
  public let kind: Kind
  /// The line without its kind.
  public let text: String

  /// Creates a note or a warning.
  package init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  /// `warning: no item of the log is in shop.items.csv`.
  public var description: String { "\(kind.rawValue): \(text)" }
}
