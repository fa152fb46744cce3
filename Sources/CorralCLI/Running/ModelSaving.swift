import CorralArtifacts
import CorralData
import CorralEvaluation
import CorralIndex
import CorralModels
import CorralSampling
import CorralTraining
import CorralVectors
import Foundation
import Torch

/// Everything that a saved model holds besides its weights.
struct ModelSaving {
  let settings: Settings
  let data: LoadedData
  /// What was measured on the test part; nothing where nothing was.
  let measured: Measurement?
  let outcome: TrainingRun.Outcome
  /// Files that training left to be kept with the model.
  var attachments: [URL] = []

  /// Writes the model: beside its place, and renamed into it.
  @discardableResult
  func write(to place: URL) throws -> SavedModel {
    try SavedModel.write(to: place, manifest: manifest()) { folder in
      let dataset = data.dataset
      try folder.write(dataset.users, as: ModelFile.users)
      try folder.write(dataset.items, as: ModelFile.items)
      if !dataset.titles.isEmpty { try folder.write(Texts(dataset.titles), as: ModelFile.titles) }
      try folder.write(data.histories, as: ModelFile.histories)
      try folder.write(dataset.userFeatures, as: ModelFile.userFeatures)
      try folder.write(dataset.itemFeatures, as: ModelFile.itemFeatures)
      try measured?.evaluation.write(to: folder.url(of: ModelFile.evaluation))
      if case .twoStage(let stages) = measured {
        try stages.retriever.write(to: folder.url(of: ModelFile.retrieverEvaluation))
      }
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
      try outcome.ranker?.write(to: folder)
      if settings.index.kind != .exact {
        try folder.write(BuiltIndex(outcome.model.itemVectors(), settings: settings.index))
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
  /// Warns when the model is in its place, and the system could not confirm that it stays there.
  func warnIfUnconfirmed(on console: Console) {
    guard let unconfirmed else { return }
    console.warn(
      "\(url.path) is saved, but the system could not bring its name to the disk "
        + "(\(unconfirmed)); after a power cut the model before it may stand there")
  }
}
