/// How much a request may hold.
///
/// The schemas of requests are made of these, so that the document says what is enforced.
package enum Limits {
  /// Characters of an id.
  package static let id = 1...512
  /// Characters of a name: of a type of event, a feature, an arm.
  package static let name = 1...128
  /// Characters of a category or another text of a feature.
  package static let text = 0...512
  /// Items that one answer may hold.
  package static let count = 1...1000
  /// Items that may be skipped.
  package static let offset = 0...9000
  /// Places in the log: whole numbers that JSON's numbers hold exactly.
  package static let position = 0...9_007_199_254_740_991
  /// Items of a history.
  package static let history = 0...1000
  /// Items that may be left out.
  package static let excluded = 0...10_000
  /// Candidates that may be ranked at once.
  package static let candidates = 1...1000
  /// Conditions of a filter.
  package static let conditions = 0...20
  /// Categories of a condition.
  package static let alternatives = 1...100
  /// Events, items or users of one request.
  package static let batch = 1...1000
  /// Features of an item or a user.
  package static let features = 0...100
  /// Categories of an item.
  package static let categories = 0...100
  /// Facts about a request.
  package static let context = 0...100
  /// The dial of clusters: what is larger leaves only the most probable one as well.
  package static let alpha = 100.0
  /// A deadline, in milliseconds.
  package static let deadline = 1.0...60_000.0
}
