import CorralData
import CorralModels
import CorralPipeline
import CorralSampling
import CorralSettings
import CorralTraining
import Foundation

/// Arms that train the same retriever by itself train it once: the first arm keeps its checkpoint, and
/// the others begin with it.
extension ArmTable {
  /// Whether another arm trains the same retriever.
  func sharesFirstStage(_ arm: Arm, seed: UInt64) throws -> Bool {
    guard let stage = try firstStage(of: arm, seed: seed) else { return false }
    return try arms.contains { other in
      try other != arm && firstStage(of: other, seed: seed) == stage
    }
  }

  /// Begins the training of an arm with the retriever that another arm has trained.
  ///
  /// Returns `false` if the training has begun already, or no other arm has that retriever.
  func beginWithTrainedRetriever(_ arm: Arm, seed: UInt64) throws -> Bool {
    let checkpoint = CheckpointFolder(beside: place(of: arm, seed: seed))
    guard !checkpoint.exists, let stage = try firstStage(of: arm, seed: seed) else { return false }
    for other in arms where try other != arm && firstStage(of: other, seed: seed) == stage {
      let trained = place(of: other, seed: seed)
      let begun = try checkpoint.begin(
        try options.settings(of: arm, seed: seed),
        withRetrieverOf: CheckpointFolder(beside: trained))
      if begun {
        note("with the retriever of \(other.name)")
        return true
      }
    }
    return false
  }

  /// Everything that decides what a retriever learns.
  private struct FirstStage: Equatable {
    let training: FlatSettings
    let data: FlatSettings
    /// What it is told of clusters; `nil` if it learns nothing of them.
    let clusters: ClusterSettings?
  }

  /// The first stage of an arm; `nil` unless it is a network that is trained by itself.
  private func firstStage(of arm: Arm, seed: UInt64) throws -> FirstStage? {
    let settings = try options.settings(of: arm, seed: seed)
    guard settings.method == .independent, case .network(let retriever) = settings.retriever else {
      return nil
    }
    // A retriever does not read impressions.
    var data = settings.data
    data.impressions = .drop
    return FirstStage(
      training: try FlatSettings(settings.training(retriever)), data: try FlatSettings(data),
      clusters: settings.negatives.kind == .inCluster ? settings.clusters.learned : nil)
  }
}
