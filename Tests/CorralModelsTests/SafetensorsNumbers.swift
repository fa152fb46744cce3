import CorralVectors
import Foundation
import Torch

/// A file of PyTorch's numbers beside the tests.
struct SafetensorsNumbers {
  private let file: SafetensorsFile

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    file = try SafetensorsFile(folder.appending(components: "Golden", name))
  }

  /// The numbers of one name.
  func array(_ name: String) throws -> [Float] { try file.array(name) }

  /// What is no result and no gradient: names with neither a slash nor a meaning of their own.
  func parameters() throws -> [String: StoredTensor] {
    var stored: [String: StoredTensor] = [:]
    for (name, entry) in file.entries
    where !name.contains("/") && name != "queries" && name != "loss" {
      stored[name] = StoredTensor(shape: entry.shape, values: try file.array(name))
    }
    return stored
  }
}
