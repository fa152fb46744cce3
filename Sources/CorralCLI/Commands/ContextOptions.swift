import CorralServing
import CorralText

/// What `--context NAME=VALUE` says.
enum ContextOptions {
  /// The values by the names that a recommender reads.
  ///
  /// Throws `InputError` for a name that it does not read, or one that is given twice.
  static func values(
    _ entries: [String], of recommender: Recommender, model: String
  ) throws -> [String: String] {
    let names = recommender.contextNames
    guard !entries.isEmpty else { return [:] }
    guard !names.isEmpty else {
      throw InputError.options(
        "--context: \(model) reads no context; name its columns with data.context and train a ranker"
      )
    }
    var values: [String: String] = [:]
    for entry in entries {
      let (name, value) = try named(entry, among: names)
      guard values.updateValue(value, forKey: name) == nil else {
        throw InputError.options("--context \(name) is given twice")
      }
    }
    return values
  }

  /// The name and the value of `NAME=VALUE`: the longest known name, since a name may hold `=`.
  private static func named(
    _ entry: String, among names: [String]
  ) throws -> (name: String, value: String) {
    let name = names.filter { entry.utf8.starts(with: Array("\($0)=".utf8)) }
      .max { $0.utf8.count < $1.utf8.count }
    guard let name else {
      throw InputError.options(
        "--context \(entry.shown) names no context of this model; write NAME=VALUE, where NAME is "
          + (names.count > 1 ? "one of " : "") + names.joined(separator: ", "))
    }
    return (name, String(decoding: entry.utf8.dropFirst(name.utf8.count + 1), as: UTF8.self))
  }
}
