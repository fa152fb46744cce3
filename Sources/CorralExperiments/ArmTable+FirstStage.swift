import CorralData
import CorralPipeline
import CorralSettings
import CorralTraining
import Foundation

/// Arms that train the same retriever by itself train it once: what the first of them has kept of its
/// run, the others begin with.
extension ArmTable {
  /// Whether others may begin with the retriever of an arm.
  package func sharesFirstStage(_ arm: Arm, seed: UInt64) throws -> Bool {
    guard let stage = try firstStage(of: arm, seed: seed) else { return false }
    return try arms.contains { other in
      try other != arm && firstStage(of: other, seed: seed) == stage
    }
  }

  /// Begins a run that was not begun with the retriever of an arm that has trained it; `false` where
  /// there is none.
  package func beginWithTrainedRetriever(_ arm: Arm, seed: UInt64) throws -> Bool {
    let checkpoint = CheckpointFolder(beside: place(of: arm, seed: seed))
    guard !checkpoint.exists, let stage = try firstStage(of: arm, seed: seed) else { return false }
    for other in arms where try other != arm && firstStage(of: other, seed: seed) == stage {
      let trained = place(of: other, seed: seed)
      let begun = try checkpoint.begin(
        try settings(of: arm, seed: seed), withRetrieverOf: CheckpointFolder(beside: trained))
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
  }

  /// The first stage of an arm, where it is trained by itself and that takes epochs.
  private func firstStage(of arm: Arm, seed: UInt64) throws -> FirstStage? {
    let settings = try settings(of: arm, seed: seed)
    guard settings.method == .independent, case .network(let retriever) = settings.retriever else {
      return nil
    }
    // Impressions are nothing to a retriever.
    var data = settings.data
    data.impressions = .drop
    return FirstStage(
      training: try FlatSettings(settings.training(retriever)), data: try FlatSettings(data))
  }
}
