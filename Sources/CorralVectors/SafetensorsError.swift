/// What is wrong with a safetensors file: which file, which tensor, why, and what to do.
package enum SafetensorsError: Error, CustomStringConvertible, Equatable {
  /// The file cannot be opened or read.
  case unreadable(file: String, reason: String)
  /// The file ends too early, or goes on after its last tensor.
  case wrongLength(file: String, expected: Int, found: Int)
  /// The header is not what the format says.
  case damagedHeader(file: String, reason: String)
  /// The header's entry of one tensor makes no sense.
  case damagedTensor(file: String, tensor: String, reason: String)
  /// The file has no tensor of that name.
  case missingTensor(file: String, tensor: String, present: [String])
  /// The tensor is not of the kind or shape that the reader needs.
  case unexpectedTensor(file: String, tensor: String, expected: String, found: String)
  /// The file cannot be written; nothing is left of it.
  case unwritable(file: String, reason: String)

  /// The whole message, for a person.
  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "cannot read \(file): \(reason)"
    case .wrongLength(let file, let expected, let found):
      "\(file) is damaged: its header promises \(expected) bytes and the file has \(found); "
        + "copy or save it again"
    case .damagedHeader(let file, let reason):
      "\(file) is not a whole safetensors file: \(reason); copy or save it again"
    case .damagedTensor(let file, let tensor, let reason):
      "\(file) is damaged at tensor '\(tensor)': \(reason); copy or save it again"
    case .missingTensor(let file, let tensor, let present):
      "\(file) has no tensor '\(tensor)'; it holds "
        + (present.isEmpty ? "none" : present.map { "'\($0)'" }.joined(separator: ", "))
    case .unexpectedTensor(let file, let tensor, let expected, let found):
      "\(file): tensor '\(tensor)' is \(found) where \(expected) is needed"
    case .unwritable(let file, let reason):
      "cannot write \(file): \(reason)"
    }
  }
}
