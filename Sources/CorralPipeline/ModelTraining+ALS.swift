import CorralArtifacts
import CorralBaselines
import CorralData
import CorralModels
package import CorralSettings
import CorralText
import CorralTraining
import CorralVectors
import Foundation

extension ModelTraining {
  /// Sweeps of implicit ALS, with the vectors so far kept where a stopped run finds them.
  package func implicitALS(_ factors: FactorBlock) throws -> Outcome {
    var als = settings.als
    (als.dimension, als.seed) = (factors.dimension, settings.train.seed)
    var training = ImplicitALSTraining(data.split, settings: als)
    let saved = checkpoint?.folder.appending(path: "als.safetensors")
    if let saved, FileManager.default.fileExists(atPath: saved.path) {
      try resume(&training, from: saved)
    }
    let start = ContinuousClock.now
    hear(pass: "sweep", training.sweepsDone, of: als.sweeps, isResumed: training.sweepsDone > 0)
    while !observer.shouldStop(), let sweep = try training.next() {
      hear(pass: "sweep", sweep.number, of: sweep.of, Format.seconds(sweep.seconds))
    }
    observer.hear(.passesEnded)
    let model = training.model
    let isStopped = training.sweepsDone < als.sweeps
    if isStopped, let saved { try save(model, sweeps: training.sweepsDone, to: saved) }
    return Outcome(
      model: .implicitALS(model),
      retriever: EpochSummary(
        name: "retriever", seconds: (ContinuousClock.now - start).inSeconds,
        epochs: training.sweepsDone,
        parameters: model.users.values.count + model.items.values.count),
      isStopped: isStopped)
  }

  private func save(_ model: ImplicitALS, sweeps: Int, to file: URL) throws {
    try AtomicFile.write(to: file) { place in
      try SafetensorsFile.write(
        [SafetensorsTensor("users", model.users), SafetensorsTensor("items", model.items)],
        metadata: ["sweeps": "\(sweeps)", "data": data.provenance.sha256], to: place)
    }
  }

  private func resume(_ training: inout ImplicitALSTraining, from file: URL) throws {
    let tensors = try SafetensorsFile(file)
    guard let sweeps = tensors.metadata["sweeps"].flatMap(Int.init) else {
      throw ArtifactError.damagedFile(path: file.path, reason: "it does not say its sweeps")
    }
    let (users, items) = (try tensors.matrix("users"), try tensors.matrix("items"))
    let dimension = training.settings.dimension
    guard tensors.metadata["data"] == data.provenance.sha256, users.rows == data.split.userCount,
      items.rows == data.split.itemCount, users.columns == dimension, items.columns == dimension
    else {
      throw PipelineError.other(
        """
        \(file.path) was saved by a run with other data or another dimension; go on with those, or \
        remove it to start again
        """)
    }
    training.resume(
      from: ImplicitALS(settings: training.settings, users: users, items: items), sweepsDone: sweeps
    )
  }
}
