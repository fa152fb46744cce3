package import CorralService
import Foundation
import Yams

/// The file of an experiment on live traffic, in YAML.
///
///     name: fresher
///     arms:
///       - {name: control, share: 0.9}
///       - {name: fresh, share: 0.1, sources: {retriever: 0.8, latest: 0.2}}
package enum ArmsFile {
  private static let keys: Set = ["name", "salt", "arms"]
  private static let armKeys: Set = ["name", "share", "model", "sources", "diversity"]

  /// Reads an experiment.
  ///
  /// - Throws: `InputError` for a file that is no experiment, with what is wrong in it.
  package static func experiment(at path: String) throws -> CorralService.Experiment {
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    do {
      try check(try Yams.compose(yaml: text))
      let experiment = try YAMLDecoder().decode(CorralService.Experiment.self, from: text)
      try experiment.validate()
      return experiment
    } catch let error as DecodingError {
      throw InputError.other("\(path): \(reason(error))")
    } catch {
      throw InputError.other("\(path): \(error)")
    }
  }

  /// Throws for a key that nobody would read.
  private static func check(_ node: Node?) throws {
    try check(node?.mapping, keys, in: "an experiment")
    for arm in node?["arms"]?.sequence ?? [] { try check(arm.mapping, armKeys, in: "an arm") }
  }

  private static func check(_ mapping: Node.Mapping?, _ known: Set<String>, in what: String) throws
  {
    for key in mapping?.keys.compactMap(\.string) ?? [] where !known.contains(key) {
      throw InputError.other(
        "\(what) has no '\(key)'; it has \(known.sorted().joined(separator: ", "))")
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
        .joined(separator: ".")
    }
    return switch error {
    case .keyNotFound(let key, let context) where context.codingPath.isEmpty:
      "'\(key.stringValue)' is missing"
    case .keyNotFound(let key, let context): "'\(key.stringValue)' is missing in \(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(place(context)) has the wrong form"
    default: "it is not the YAML of an experiment with a name and arms"
    }
  }
}
