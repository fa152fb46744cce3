import Foundation
import Yams

/// Settings as the YAML that is printed and saved: in the order of their declaration, and enough to
/// repeat the run.
///
/// What has no declaration to give an order, such as a dictionary, is `sorted` by key.
package func yamlText(_ settings: some Encodable, sorted: Bool = false) throws -> String {
  let encoder = YAMLEncoder()
  encoder.options.sortKeys = sorted
  guard let tree = try Yams.compose(yaml: encoder.encode(settings)) else { return "" }
  return try Yams.serialize(node: readable(tree), width: 100)
}

/// The same with each block on a line or two: what is printed when a run starts.
func compactText(_ settings: some Encodable) throws -> String {
  guard let tree = try Yams.compose(yaml: YAMLEncoder().encode(settings)),
    var blocks = readable(tree).mapping
  else { return "" }
  for position in blocks.indices { blocks[position].value.mapping?.style = .flow }
  return try Yams.serialize(node: .mapping(blocks), width: 100)
    .trimmingCharacters(in: .newlines)
}

/// The same tree with numbers as short as they can be and lists on one line.
private func readable(_ node: Node) -> Node {
  switch node {
  case .mapping(var mapping):
    for position in mapping.indices { mapping[position].value = readable(mapping[position].value) }
    mapping.style = .block
    return .mapping(mapping)
  case .sequence(var sequence):
    for position in sequence.indices { sequence[position] = readable(sequence[position]) }
    sequence.style = .flow
    return .sequence(sequence)
  case .scalar(var scalar):
    let isQuoted = scalar.style != .plain && scalar.style != .any
    if !isQuoted, node.int == nil, node.bool == nil, let number = Double(scalar.string),
      number.isFinite
    {
      // A 32-bit float arrives as all the digits of its 64-bit twin.
      let short = Float(number)
      let isSingle = abs(Double(short) - number) <= abs(number) * 1e-12
      scalar.string = isSingle ? "\(short)" : "\(number)"
    }
    return .scalar(scalar)
  case .alias: return node
  }
}
