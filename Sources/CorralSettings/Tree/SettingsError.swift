/// What is wrong with a settings file or a `--set`.
package enum SettingsError: Error, CustomStringConvertible, Equatable {
  /// A file that cannot be read.
  case unreadable(file: String, reason: String)
  /// Text that is not YAML.
  case notYAML(source: String, reason: String)
  /// A `--set` without `=`.
  case notAnAssignment(String)
  /// A `--set` with more levels of names than any setting has.
  case tooDeep(String, levels: Int)
  /// A key that no setting has; `known` are the keys that stand where it stood.
  case unknown(path: String, nearest: String?, known: [String], source: String)
  /// A value where a group of settings belongs.
  case notAGroup(path: String, known: [String], source: String)
  /// A value of the wrong kind, or one that is not allowed.
  case wrongValue(path: String, reason: String)
  /// A block that says something and is not read.
  case unread(String)

  package var description: String {
    switch self {
    case .unreadable(let file, let reason): "cannot read the settings file \(file): \(reason)"
    case .notYAML(let source, let reason): "\(source) is not YAML: \(reason)"
    case .notAnAssignment(let text):
      "--set needs a setting and a value, as in train.rate=0.001, not '\(text)'"
    case .tooDeep(let text, let levels):
      "--set \(text) names \(levels) levels of settings, and no setting has that many"
    case .unknown(let path, let nearest?, _, let source):
      "unknown setting '\(path)'; did you mean '\(nearest)'?\(Self.place(source))"
    case .unknown(let path, nil, let known, let source):
      "unknown setting '\(path)'; there are: \(known.joined(separator: ", "))\(Self.place(source))"
    case .notAGroup(let path, let known, let source):
      """
      '\(path)' is a group of settings, not a single value; it holds: \
      \(known.joined(separator: ", "))\(Self.place(source))
      """
    case .wrongValue(let path, let reason): "setting '\(path)': \(reason)"
    case .unread(let text): text
    }
  }

  private static func place(_ source: String) -> String {
    source.isEmpty ? "" : " (\(source))"
  }
}
