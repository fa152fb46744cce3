import CorralArtifacts
import CorralData
import CorralModels
import CorralSampling
import CorralVectors
import Foundation
import Torch

/// The file of a run, in safetensors format.
///
/// It is replaced atomically, so that a kill at any moment leaves the old checkpoint or the new one.
/// Tensors: `parameters/NAME`, `best/NAME`, `optimiser/NAME`, `estimator/gaps|last_seen|hits`, and
/// those of a proposal. The metadata hold the counters, the history of epochs, the settings, and
/// fingerprints of the data and of the clusters of items, if there are any.
struct Checkpoint {
  static let format = 1

  let file: URL
  private let settings: FlatSettings
  private let fingerprint: String
  /// The fingerprint of the clusters of items; `nil` without clusters.
  private let clusters: String?

  /// Everything of a run that changes.
  struct Content {
    var state: TrainingCounters
    var parameters: [String: StoredTensor]
    var best: [String: StoredTensor]
    var optimiser: Optimizer.State
    var estimator: FrequencyEstimator.State?
    var proposal: ProposalDraws.Saved?
  }

  /// The part of a content that is stored as JSON in the metadata; the tensors stand beside it.
  private struct Record: Codable {
    var state: TrainingCounters
    var optimiserSteps: Int
    var estimatorSteps: Int?
    var proposalStep: Int?
  }

  /// The checkpoint of a run over a split.
  init(
    file: URL, settings: FlatSettings, _ split: Split, readsImpressions: Bool = false,
    clusters: String? = nil
  ) {
    self.file = file
    self.settings = settings
    self.clusters = clusters
    fingerprint = split.fingerprint(readingImpressions: readsImpressions)
  }

  /// Replaces the checkpoint.
  func write(_ content: Content, with proposal: ProposalDraws.InUse?) throws {
    var tensors = Self.tensors("parameters", content.parameters)
    tensors += Self.tensors("best", content.best)
    tensors += Self.tensors("optimiser", content.optimiser.tensors)
    if let estimator = content.estimator {
      tensors += [
        SafetensorsTensor("estimator/gaps", estimator.gaps),
        SafetensorsTensor("estimator/last_seen", estimator.lastSeen),
        SafetensorsTensor("estimator/hits", estimator.hits),
      ]
    }
    tensors += proposal?.proposal.tensors ?? []
    let record = Record(
      state: content.state, optimiserSteps: content.optimiser.steps,
      estimatorSteps: content.estimator?.step, proposalStep: proposal?.step)
    var metadata = [
      "format": "\(Self.format)", "run": try Metadata.text(record),
      "settings": try Metadata.text(settings), "data": fingerprint,
    ]
    metadata["clusters"] = clusters
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try AtomicFile.write(to: file) { temporary in
      try SafetensorsFile.write(tensors, metadata: metadata, to: temporary)
    }
  }

  /// Reads the checkpoint; `nil` when there is none.
  ///
  /// Throws `TrainingError` for a file that cannot be read, or that belongs to a run with other settings
  /// or data.
  func read() throws -> Content? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let stored: SafetensorsFile
    do {
      stored = try SafetensorsFile(file)
    } catch {
      throw TrainingError.damagedCheckpoint(path: file.path, reason: "\(error)")
    }
    guard let format = stored.metadata["format"].flatMap(Int.init) else {
      throw damaged("it has no format number")
    }
    if format > Self.format {
      throw TrainingError.newerCheckpoint(path: file.path, format: format, known: Self.format)
    }
    let saved = try Metadata.value(FlatSettings.self, "settings", in: stored)
    if let (key, now, then) = settings.firstDifference(
      from: saved, except: TrainingSettings.free(settings))
    {
      throw TrainingError.settingsDiffer(path: file.path, key: key, saved: then, now: now)
    }
    guard stored.metadata["data"] == fingerprint else {
      throw TrainingError.dataDiffer(path: file.path)
    }
    guard stored.metadata["clusters"] == clusters else {
      throw TrainingError.clustersDiffer(path: file.path)
    }
    let record = try Metadata.value(Record.self, "run", in: stored)
    do {
      return Content(
        state: record.state, parameters: try Self.tensors("parameters", in: stored),
        best: try Self.tensors("best", in: stored),
        optimiser: Optimizer.State(
          steps: record.optimiserSteps, tensors: try Self.tensors("optimiser", in: stored)),
        estimator: try record.estimatorSteps.map { step in
          FrequencyEstimator.State(
            step: step, gaps: try stored.array("estimator/gaps"),
            lastSeen: try stored.array("estimator/last_seen"),
            hits: try stored.array("estimator/hits"))
        },
        proposal: record.proposalStep.map { ProposalDraws.Saved(step: $0, file: stored) })
    } catch {
      throw damaged("\(error)")
    }
  }

  private static func tensors(
    _ part: String, _ tensors: [String: StoredTensor]
  ) -> [SafetensorsTensor] {
    tensors.sorted { $0.key < $1.key }.map {
      SafetensorsTensor("\(part)/\($0.key)", $0.value.values, shape: $0.value.shape)
    }
  }

  private static func tensors(
    _ part: String, in file: SafetensorsFile
  ) throws -> [String: StoredTensor] {
    var tensors: [String: StoredTensor] = [:]
    for (name, entry) in file.entries where name.hasPrefix(part + "/") {
      tensors[String(name.dropFirst(part.count + 1))] = StoredTensor(
        shape: entry.shape, values: try file.array(name))
    }
    return tensors
  }

  private func damaged(_ reason: String) -> TrainingError {
    .damagedCheckpoint(path: file.path, reason: reason)
  }
}

extension Checkpoint {
  /// Values as JSON in the metadata of a checkpoint.
  enum Metadata {
    static func text(_ value: some Encodable) throws -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The value of a key; throws `TrainingError.damagedCheckpoint` for a missing or unreadable one.
    static func value<Value: Decodable>(
      _ type: Value.Type, _ key: String, in file: SafetensorsFile
    ) throws -> Value {
      guard let text = file.metadata[key],
        let value = try? JSONDecoder().decode(type, from: Data(text.utf8))
      else {
        throw TrainingError.damagedCheckpoint(
          path: file.url.path, reason: "its '\(key)' cannot be understood")
      }
      return value
    }
  }
}
