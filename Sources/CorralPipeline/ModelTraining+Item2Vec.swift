import CorralArtifacts
package import CorralBaselines
import CorralModels
import CorralSettings
import CorralText
import CorralTraining
import CorralVectors
import Foundation

extension ModelTraining {
  /// Passes of item2vec, with the vectors so far kept where a stopped run finds them.
  package func item2vec(_ settings: Item2VecSettings) throws -> Outcome {
    var settings = settings
    settings.seed = self.settings.train.seed
    var training = Item2VecTraining(data.split, settings: settings)
    let saved = checkpoint?.folder.appending(path: "item2vec.safetensors")
    if let saved, FileManager.default.fileExists(atPath: saved.path) {
      try resume(&training, from: saved)
    }
    let start = ContinuousClock.now
    hear(pass: "pass", training.epochsDone, of: settings.epochs, isResumed: training.epochsDone > 0)
    while !observer.shouldStop(),
      let pass = training.next(threads: max(1, self.settings.train.threads))
    {
      hear(
        pass: "pass", pass.number, of: pass.of,
        "\(Format.short(Double(pass.words) / pass.seconds)) words/s")
    }
    observer.hear(.passesEnded)
    let isStopped = training.epochsDone < settings.epochs
    if isStopped, let saved {
      try AtomicFile.write(to: saved) { place in
        try SafetensorsFile.write(
          training.model.tensors,
          metadata: ["passes": "\(training.epochsDone)", "data": data.provenance.sha256], to: place)
      }
    }
    return Outcome(
      model: .item2vec(training.model),
      retriever: EpochSummary(
        name: "retriever", seconds: (ContinuousClock.now - start).inSeconds,
        epochs: training.epochsDone,
        parameters: 2 * training.model.inputs.values.count),
      isStopped: isStopped)
  }

  private func resume(_ training: inout Item2VecTraining, from file: URL) throws {
    let tensors = try SafetensorsFile(file)
    guard let passes = tensors.metadata["passes"].flatMap(Int.init),
      tensors.metadata["data"] == data.provenance.sha256
    else {
      throw PipelineError.other(
        "\(file.path) was saved by a run with other data; go on with those, or remove it")
    }
    training.resume(
      from: try Item2Vec(tensors, settings: training.settings), epochsDone: passes)
  }
}
