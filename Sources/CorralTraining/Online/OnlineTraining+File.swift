package import CorralArtifacts
import CorralData
import CorralModels
import CorralSampling
import CorralVectors
import Foundation
import Torch

extension OnlineTraining.State {
  private static let weights = "weights.safetensors"
  private static let optimiserFile = "optimiser.safetensors"
  private static let numbers = "training.safetensors"

  /// The steps of the parts, which stand beside their tensors.
  private struct Steps: Codable {
    var training: Int
    var optimiser: Int
    /// `nil` without an estimator.
    var estimator: Int?
  }

  private static let key = "steps"

  /// Writes the state into a folder: its weights, the optimiser's memory, the estimate of frequencies, and
  /// the features of the catalogue.
  package func write(to folder: ModelFolder) throws {
    try folder.write(catalogue.users, as: ModelFile.userFeatures)
    try folder.write(catalogue.items, as: ModelFile.itemFeatures)
    try folder.write(Self.tensors(parameters), as: Self.weights)
    try folder.write(Self.tensors(optimiser.tensors), as: Self.optimiserFile)
    var tensors = [SafetensorsTensor("counts", counts.map(Int64.init))]
    if let frequencies { tensors.append(SafetensorsTensor("frequencies", frequencies)) }
    if let estimator {
      tensors += [
        SafetensorsTensor("estimator/gaps", estimator.gaps),
        SafetensorsTensor("estimator/last_seen", estimator.lastSeen),
        SafetensorsTensor("estimator/hits", estimator.hits),
      ]
    }
    let steps = Steps(training: steps, optimiser: optimiser.steps, estimator: estimator?.step)
    try folder.write(
      tensors,
      metadata: [Self.key: String(decoding: try JSONEncoder.sorted.encode(steps), as: UTF8.self)],
      as: Self.numbers)
  }

  /// The state in a folder, over so many items.
  ///
  /// - Throws: `ArtifactError` and `SafetensorsError` for files that do not fit together.
  package init(_ saved: SavedModel, itemCount: Int) throws {
    let file = try saved.tensors(Self.numbers)
    guard let text = file.metadata[Self.key],
      let steps = try? JSONDecoder().decode(Steps.self, from: Data(text.utf8))
    else { throw saved.damaged(Self.numbers, "it does not say its steps") }
    let counts: [Int64] = try file.array("counts", shape: [itemCount])
    self.init(
      steps: steps.training, counts: counts.map { Int($0) },
      catalogue: Catalogue(
        users: try saved.features(ModelFile.userFeatures),
        items: try saved.features(ModelFile.itemFeatures)),
      parameters: try [String: StoredTensor](saved.tensors(Self.weights)),
      optimiser: Optimizer.State(
        steps: steps.optimiser,
        tensors: try [String: StoredTensor](saved.tensors(Self.optimiserFile))),
      estimator: try steps.estimator.map {
        FrequencyEstimator.State(
          step: $0, gaps: try file.array("estimator/gaps"),
          lastSeen: try file.array("estimator/last_seen"), hits: try file.array("estimator/hits"))
      },
      frequencies: file.entries["frequencies"] == nil ? nil : try file.array("frequencies"))
    guard catalogue.items.count == itemCount else {
      throw saved.damaged(
        ModelFile.itemFeatures, "it has \(catalogue.items.count) items of \(itemCount)")
    }
  }

  private static func tensors(_ tensors: [String: StoredTensor]) -> [SafetensorsTensor] {
    tensors.sorted { $0.key < $1.key }.map {
      SafetensorsTensor($0.key, $0.value.values, shape: $0.value.shape)
    }
  }
}

extension JSONEncoder {
  /// An encoder whose text is the same for the same value.
  fileprivate static var sorted: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}
