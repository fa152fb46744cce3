package import CorralArtifacts
package import CorralData
import CorralEvaluation
import CorralIndex
import CorralModels
package import CorralSampling
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
      try folder.write(
        users: dataset.users, items: dataset.items, titles: Texts(dataset.titles),
        histories: data.histories)
      try folder.write(dataset.userFeatures, as: ModelFile.userFeatures)
      try folder.write(dataset.itemFeatures, as: ModelFile.itemFeatures)
      try measured?.write(to: folder)
      for file in attachments where FileManager.default.fileExists(atPath: file.path) {
        try folder.copy(file, as: file.lastPathComponent)
      }
      if let state = outcome.estimator?.state { try folder.write(state) }
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
    let metrics = try measured.map { try JSONValue(encoding: $0.evaluation.intervals()) }
    return Manifest(
      kinds: settings.kinds, settings: try JSONValue(encoding: settings), data: data.provenance,
      metrics: metrics ?? .object([:]),
      created: .now(
        on: settings.train.device, seconds: outcome.seconds,
        evaluationSeconds: try measured?.report().seconds))
  }
}

extension Settings {
  /// The kind of each part of a model of these settings.
  package var kinds: [String: String] {
    ["retriever": retriever.name, "ranker": ranker.name, "index": index.kind.rawValue]
  }
}

extension Manifest.Creation {
  /// How a model came to be that this program makes now, on this machine.
  package static func now(
    on device: String, seconds: Double, evaluationSeconds: Double? = nil
  ) -> Manifest.Creation {
    let machine = ProcessInfo.processInfo
    return Manifest.Creation(
      by: "corral \(Version.text)",
      machine: """
        \(machine.operatingSystemVersionString), \(machine.activeProcessorCount) cores, \(device)
        """,
      seconds: seconds, evaluationSeconds: evaluationSeconds)
  }
}

extension ModelFolder {
  /// Writes who and what a model knows, and what each user did.
  package func write(
    users: Vocabulary, items: Vocabulary, titles: Texts, histories: Ragged<ItemIndex>
  ) throws {
    try write(users, as: ModelFile.users)
    try write(items, as: ModelFile.items)
    if !titles.isEmpty { try write(titles, as: ModelFile.titles) }
    try write(histories, as: ModelFile.histories)
  }

  /// Writes what an estimator of frequencies has learned.
  package func write(_ estimator: FrequencyEstimator.State) throws {
    try write(
      [
        SafetensorsTensor("gaps", estimator.gaps),
        SafetensorsTensor("last_seen", estimator.lastSeen),
        SafetensorsTensor("hits", estimator.hits),
      ], metadata: ["step": "\(estimator.step)"], as: ModelFile.estimator)
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
