import CorralModels
import CorralSampling
import CorralTesting
import CorralTraining
import Testing

/// Sequence models on users who walk round a ring, where the last item says what comes next.
@Suite struct `training of sequence models` {
  @Test(arguments: [
    RetrieverSettings(
      changed(SASRecSettings()) {
        ($0.dimension, $0.history, $0.positions) = (16, 6, 6)
        ($0.feedForward, $0.layers, $0.dropout) = (16, 1, 0)
      }),
    RetrieverSettings(
      changed(BERT4RecSettings()) {
        ($0.dimension, $0.history, $0.positions) = (16, 6, 6)
        ($0.feedForward, $0.layers, $0.dropout) = (16, 1, 0)
      }),
    RetrieverSettings(
      changed(GRU4RecSettings()) {
        ($0.dimension, $0.hidden, $0.history, $0.dropout) = (16, 16, 6, 0)
      }),
  ])
  func `finds the next item of a walk`(retriever: RetrieverSettings) throws {
    var run = PlantedRun()
    run.settings.retriever = retriever
    run.settings.loss.temperature = 1
    run.settings.negatives.kind = .all
    run.settings.train.batch = 8
    run.settings.train.rate = 0.01
    run.settings.train.epochs = 15
    var training = try run.training()
    let reports = try training.finish()
    // Five items out of 24 at random would give 0.12.
    #expect((reports.last?.bestValue ?? 0) > 0.6, "\(reports.map(\.bestValue))")
  }

  @Test func `the same seed drops the same`() throws {
    var run = PlantedRun()
    var settings = SASRecSettings()
    (settings.dimension, settings.history, settings.positions) = (8, 6, 6)
    (settings.feedForward, settings.layers, settings.dropout) = (8, 1, 0.3)
    run.settings.retriever = RetrieverSettings(settings)
    run.settings.train.batch = 8
    run.settings.train.epochs = 2
    var first = try run.training()
    var second = try run.training()
    #expect(try first.finish().map(\.loss) == second.finish().map(\.loss))
  }
}
