import CorralArtifacts
import CorralData
import CorralIndex
import CorralModels
import CorralPipeline
import CorralSampling
import CorralSettings
import CorralStreaming
import CorralTraining
import CorralVectors
import Foundation

/// What a learner knew between two steps, ready to serve.
///
/// A checkpoint of the same moment stands on the disk, so that no model ever serves that a later run could
/// not have come from.
struct Snapshot {
  let retriever: ServedRetriever
  let population: Population
  let estimator: FrequencyEstimator.State?
  let position: StreamPosition?
  let steps: Int
  let examples: Int
}

extension Learner {
  /// What is known now, ready to serve; copies it and builds its index.
  func snapshot() throws -> Snapshot {
    Snapshot(
      retriever: try ServedRetriever(
        training.model(), settings: opened.settings.index, counts: training.counts),
      population: population, estimator: training.estimator?.state, position: learnedTo,
      steps: training.steps, examples: tally.examples)
  }

  /// Lets a snapshot take the place of what serves, unless it is worse.
  ///
  /// The model is written beside the old one and renamed into its place; it stays as a snapshot to go
  /// back to.
  ///
  /// - Parameters:
  ///   - snapshot: what may serve.
  ///   - examples: what both predict to be compared.
  ///   - areLearned: whether the snapshot has learned them.
  /// - Throws: `ArtifactError` where the model or its snapshot cannot be written.
  func publish(_ snapshot: Snapshot, comparedOn examples: [Example], areLearned: Bool) throws {
    let start = ContinuousClock.now
    let verdict = PublishingGuard(settings: settings.publish, cutoff: settings.predict.cutoff)
      .verdict(
        of: snapshot.retriever, beside: served, on: examples, areLearned: areLearned)
    timing.decided()
    let serving = try SavedModel.open(folder.model).streamMark?.publication ?? 0
    let mark = StreamMark(
      publication: max(serving, folder.numbers.last ?? 0) + 1, position: snapshot.position,
      steps: snapshot.steps, examples: snapshot.examples, predicted: validation.report,
      time: Date())
    switch verdict {
    case .bad(let comparison, let reason):
      tell(.refused(mark, comparison, reason: reason))
      try log(mark, comparison, refused: reason)
    case .good(let comparison):
      let saved = try write(snapshot, mark)
      try folder.keep(mark.publication, of: settings.publish.kept)
      served = snapshot.retriever
      try log(mark, comparison, refused: nil)
      tell(
        .published(
          mark, comparison, seconds: (ContinuousClock.now - start).inSeconds,
          warning: saved.unconfirmedWarning))
    }
  }

  /// Writes a snapshot to the place of the model.
  private func write(_ snapshot: Snapshot, _ mark: StreamMark) throws -> SavedModel {
    var data = opened.saved.manifest.data
    let population = snapshot.population
    (data.users, data.items) = (population.users.count, population.items.count)
    // A model that was published before counts the examples of the stream already.
    data.interactions += snapshot.examples - examplesInModel
    let manifest = Manifest(
      kinds: opened.settings.kinds, settings: try JSONValue(encoding: opened.settings), data: data,
      metrics: .object([:]),
      created: .now(on: opened.settings.train.device, seconds: 0))
    return try SavedModel.write(to: folder.model, manifest: manifest) { folder in
      try folder.write(
        users: population.users, items: population.items, titles: population.titles,
        histories: population.histories)
      try snapshot.retriever.model.write(to: folder)
      if let estimator = snapshot.estimator { try folder.write(estimator) }
      if opened.settings.index.kind != .exact { try folder.write(snapshot.retriever.index) }
      try mark.write(to: folder)
    }
  }

  /// Adds lines to the logs of publications and of reports.
  private func log(
    _ mark: StreamMark, _ comparison: PublishingComparison, refused: String?
  ) throws {
    struct Line: Encodable {
      let mark: StreamMark
      let comparison: PublishingComparison
      let refused: String?
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    let line = try encoder.encode(Line(mark: mark, comparison: comparison, refused: refused))
    try AppendedLines.append(line, to: folder.log)
    try AppendedLines.append(encoder.encode(report()), to: folder.reports)
  }
}
