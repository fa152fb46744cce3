/// The columns of a user or item file that are features, and their kinds.
///
/// In settings: `auto`, `none`, or a list of names such as `[genres, "price:float",
/// "category_id:token", "tags:token_seq"]`.
public enum FeatureChoice: Sendable, Equatable, Codable {
  /// All columns except texts that differ in nearly every row.
  case automatic
  /// Exactly these columns.
  case only([FeatureName])

  /// Reads `auto`, `none`, one name or a list of names.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let names: [String]
    if let list = try? container.decode([String].self) {
      names = list
    } else {
      switch try container.decode(String.self) {
      case "auto", "":
        self = .automatic
        return
      case "none": names = []
      case let name: names = [name]
      }
    }
    self = try SettingError.within(decoder.codingPath.map(\.stringValue).joined(separator: ".")) {
      .only(try names.map { try FeatureName($0) })
    }
  }

  /// Writes `auto` or the list of names.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .automatic: try container.encode("auto")
    case .only(let names): try container.encode(names.map(\.text))
    }
  }
}

/// A feature column as settings name it: `genres`, or with its kind `price:float`.
public struct FeatureName: Sendable, Equatable {
  /// The kinds of a feature column, with the words of RecBole's headers.
  public enum Kind: String, Sendable, CaseIterable {
    /// One category.
    case category = "token"
    /// Several categories, separated by bars, semicolons, commas or spaces.
    case categories = "token_seq"
    /// One number.
    case number = "float"
    /// Several numbers, separated by spaces.
    case numbers = "float_seq"
  }

  /// The name of the column.
  package let name: String
  /// The kind, or `nil` to guess it from the header or the values.
  package let kind: Kind?

  /// Creates the name of a column with its kind.
  public init(name: String, kind: Kind? = nil) {
    self.name = name
    self.kind = kind
  }

  /// Reads a name as settings spell it; throws `SettingError` for an empty name.
  package init(_ text: String) throws {
    let at = text.lastIndex(of: ":")
    let word = at.map { String(text[text.index(after: $0)...]) }
    kind = word.flatMap(Kind.init)
    name = kind == nil ? text : String(text[..<(at ?? text.endIndex)])
    if name.isEmpty {
      throw SettingError(
        "", text: text,
        "write the name of a column, with its kind if it should not be guessed, as in"
          + " 'genres' or 'price:float'; the kinds are"
          + " \(listed(Kind.allCases.map(\.rawValue)))")
    }
  }

  /// The name as settings spell it.
  package var text: String { kind.map { "\(name):\($0.rawValue)" } ?? name }
}
