/// What each setting means, in one line: the comments of `corral config`.
enum SettingMeanings {
  /// The meaning of a setting or a block by its dotted key.
  static func meaning(_ key: String) -> String? { nil }
}
