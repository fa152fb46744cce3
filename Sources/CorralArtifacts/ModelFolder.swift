import CorralData
package import CorralVectors
package import Foundation

/// The names under which the parts of a model are saved.
package enum ModelFile {
  /// The identifiers of the users, one on each line.
  package static let users = "users.txt"
  /// The identifiers of the items, one on each line.
  package static let items = "items.txt"
  /// The titles of the items, one on each line.
  package static let titles = "titles.txt"
  /// The weights of the retriever.
  package static let retriever = "retriever.safetensors"
  /// The weights of the ranker.
  package static let ranker = "ranker.safetensors"
  /// The items that each user interacted with.
  ///
  /// They are left out of recommendations, and models that read histories start from them.
  package static let histories = "histories.safetensors"
  /// The features of the users.
  package static let userFeatures = "user-features.safetensors"
  /// The features of the items.
  package static let itemFeatures = "item-features.safetensors"
  /// The clusters of the items, and how probable each is for a user.
  package static let clusters = "clusters.safetensors"
  /// The names and vocabularies of the contexts of requests.
  package static let context = "context.safetensors"
  /// The state of the frequency estimator.
  package static let estimator = "estimator.safetensors"
  /// The ranks of the final evaluation, for later comparisons.
  package static let evaluation = "evaluation.safetensors"
  /// The ranks of the retriever alone, if a ranker comes after it.
  package static let retrieverEvaluation = "retriever-evaluation.safetensors"
  /// Where on its stream the model was published, if it goes on learning.
  package static let stream = "stream.json"
  /// One line of JSON for each epoch of training.
  package static let training = "training.jsonl"
}

/// A model directory that is being filled, beside its place.
package struct ModelFolder {
  /// The directory, under its temporary name.
  package let url: URL

  /// The place of a file of the model, for writers that take a URL.
  package func url(of file: String) -> URL { url.appendingPathComponent(file) }

  /// Writes bytes.
  package func write(_ data: Data, as file: String) throws {
    let output = try OutputFile(path: url(of: file).path)
    try output.write(data)
  }

  /// Writes named tensors to a safetensors file.
  package func write(
    _ tensors: [SafetensorsTensor], metadata: [String: String] = [:], as file: String
  ) throws {
    do {
      try SafetensorsFile.write(tensors, metadata: metadata, to: url(of: file))
    } catch let error where isDiskFull(error) {
      throw ArtifactError.diskFull(path: url(of: file).path)
    }
  }

  /// Copies a file, such as the log of the training.
  package func copy(_ source: URL, as file: String) throws {
    try copy(OpenFile(path: source.path), as: file)
  }

  /// Copies a file of another model.
  package func copy(_ file: String, of model: SavedModel) throws {
    try model.reading { try copy(model.file(file), as: file) }
  }

  private func copy(_ source: OpenFile, as file: String) throws {
    let output = try OutputFile(path: url(of: file).path)
    try source.forEachPiece { try output.write($0) }
  }
}
