/// Where a model serves.
package enum ModelPlace: Hashable, Sendable {
  /// For everybody whose arm has no model of its own.
  case everybody
  /// For the users of an arm that has its own, by the name of the arm.
  case arm(String)
}
