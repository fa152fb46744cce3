/// What this program calls itself.
enum Version {
  /// The version of Corral.
  static let text = "0.1.0"
}
