import CorralData
public import CorralVectors
public import Foundation

/// The names under which the parts of a model are saved.
public enum ModelFile {
  /// The identifiers of the users, one a line.
  public static let users = "users.txt"
  /// The identifiers of the items, one a line.
  public static let items = "items.txt"
  /// What people read for each item, one a line.
  public static let titles = "titles.txt"
  /// The weights of the retriever.
  public static let retriever = "retriever.safetensors"
  /// The weights of the ranker.
  public static let ranker = "ranker.safetensors"
  /// What each user interacted with: what is left out of their recommendations, and the query of a
  /// model that reads histories.
  public static let histories = "histories.safetensors"
  /// The features of the users.
  public static let userFeatures = "user-features.safetensors"
  /// The features of the items.
  public static let itemFeatures = "item-features.safetensors"
  /// The names and vocabularies of the contexts of requests.
  public static let context = "context.safetensors"
  /// The state of the frequency estimator.
  public static let estimator = "estimator.safetensors"
  /// The ranks of the final evaluation, for later comparisons.
  public static let evaluation = "evaluation.safetensors"
  /// The ranks of the retriever alone, where a ranker comes after it.
  public static let retrieverEvaluation = "retriever-evaluation.safetensors"
  /// One line of JSON for each epoch of training.
  public static let training = "training.jsonl"
}

/// A model directory that is being filled, beside its place.
public struct ModelFolder {
  /// The directory, under its temporary name.
  public let url: URL

  /// Where a file of the model is to be written, for writers that take a place.
  public func url(of file: String) -> URL { url.appendingPathComponent(file) }

  /// Writes bytes.
  public func write(_ data: Data, as file: String) throws {
    let output = try OutputFile(path: url(of: file).path)
    try output.write(data)
  }

  /// Writes named tensors to a safetensors file.
  public func write(
    _ tensors: [SafetensorsTensor], metadata: [String: String] = [:], as file: String
  ) throws {
    do {
      try SafetensorsFile.write(tensors, metadata: metadata, to: url(of: file))
    } catch let error where isDiskFull(error) {
      throw ArtifactError.diskFull(path: url(of: file).path)
    }
  }

  /// Copies a file, such as the log of the training.
  public func copy(_ source: URL, as file: String) throws {
    try copy(OpenFile(path: source.path), as: file)
  }

  /// Copies a file of another model.
  public func copy(_ file: String, of model: SavedModel) throws {
    try model.reading { try copy(model.file(file), as: file) }
  }

  private func copy(_ source: OpenFile, as file: String) throws {
    let output = try OutputFile(path: url(of: file).path)
    try source.forEachPiece { try output.write($0) }
  }
}
