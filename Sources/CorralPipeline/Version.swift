/// What this program calls itself.
package enum Version {
  /// The version of Corral.
  package static let text = "0.1.0"
}
