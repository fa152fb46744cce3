package import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralIndex
import CorralModels
import CorralSampling
package import CorralSettings
import CorralTraining
import CorralVectors
package import Foundation
import Torch

/// Everything that a saved model holds besides its weights.
package struct ModelSaving {
  package let settings: Settings
  package let data: LoadedData
  /// The metrics on the test part; `nil` if nothing was measured.
  package let measured: Measurement?
  package let outcome: ModelTraining.Outcome
  /// Files that training left to be kept with the model.
  package var attachments: [URL] = []

  /// What is to be saved.
  package init(
    settings: Settings, data: LoadedData, measured: Measurement?, outcome: ModelTraining.Outcome,
    attachments: [URL] = []
  ) {
    self.settings = settings
    self.data = data
    self.measured = measured
    self.outcome = outcome
    self.attachments = attachments
  }

  /// Writes the model: beside its place, and renamed into it.
  @discardableResult
  package func write(to place: URL) throws -> SavedModel {
    try SavedModel.write(to: place, manifest: manifest()) { folder in
      let dataset = data.dataset
      try folder.write(dataset.users, as: ModelFile.users)
      try folder.write(dataset.items, as: ModelFile.items)
      if !dataset.titles.isEmpty { try folder.write(Texts(dataset.titles), as: ModelFile.titles) }
      try folder.write(data.histories, as: ModelFile.histories)
      try folder.write(dataset.userFeatures, as: ModelFile.userFeatures)
      try folder.write(dataset.itemFeatures, as: ModelFile.itemFeatures)
      try measured?.write(to: folder)
      for file in attachments where FileManager.default.fileExists(atPath: file.path) {
        try folder.copy(file, as: file.lastPathComponent)
      }
      if let state = outcome.estimator?.state {
        try folder.write(
          [
            SafetensorsTensor("gaps", state.gaps), SafetensorsTensor("last_seen", state.lastSeen),
            SafetensorsTensor("hits", state.hits),
          ], metadata: ["step": "\(state.step)"], as: ModelFile.estimator)
      }
      try outcome.model.write(to: folder)
      try outcome.clusters?.write(to: folder)
      try outcome.ranker?.write(to: folder)
      if settings.index.kind != .exact {
        try folder.write(
          BuiltIndex(
            outcome.model.itemVectors(), settings: settings.index,
            partition: outcome.divided(settings.clusters)?.searched))
      }
    }
  }

  private func manifest() throws -> Manifest {
    let machine = ProcessInfo.processInfo
    let metrics = try measured.map { try JSONValue(encoding: $0.evaluation.intervals()) }
    return Manifest(
      kinds: [
        "retriever": settings.retriever.name, "ranker": settings.ranker.name,
        "index": settings.index.kind.rawValue,
      ],
      settings: try JSONValue(encoding: settings), data: data.provenance,
      metrics: metrics ?? .object([:]),
      created: .init(
        by: "corral \(Version.text)",
        machine: """
          \(machine.operatingSystemVersionString), \(machine.activeProcessorCount) cores, \
          \(settings.train.device)
          """,
        seconds: outcome.seconds, evaluationSeconds: try measured?.report().seconds))
  }
}

extension SavedModel {
  /// A warning where the model is in its place, and the system could not confirm that it stays there.
  package var unconfirmedWarning: String? {
    unconfirmed.map {
      "\(url.path) is saved, but the system could not bring its name to the disk "
        + "(\($0)); after a power cut the model before it may stand there"
    }
  }
}
