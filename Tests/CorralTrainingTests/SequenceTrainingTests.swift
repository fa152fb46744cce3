import CorralModels
import CorralTraining
import Testing

/// Sequence models on users who walk round a ring, where the last item says what comes next.
@Suite struct `training of sequence models` {
  @Test(arguments: [RetrieverSettings.Kind.sasRec, .bert4Rec, .gru4Rec])
  func `finds the next item of a walk`(kind: RetrieverSettings.Kind) throws {
    var run = PlantedRun()
    switch kind {
    case .sasRec:
      var settings = SASRecSettings()
      (settings.dimension, settings.history, settings.positions) = (16, 6, 6)
      (settings.feedForward, settings.layers, settings.dropout) = (16, 1, 0)
      run.settings.retriever = .sasRec(settings)
    case .bert4Rec:
      var settings = BERT4RecSettings()
      (settings.dimension, settings.history, settings.positions) = (16, 6, 6)
      (settings.feedForward, settings.layers, settings.dropout) = (16, 1, 0)
      run.settings.retriever = .bert4Rec(settings)
    default:
      var settings = GRU4RecSettings()
      (settings.dimension, settings.hidden, settings.history) = (16, 16, 6)
      settings.dropout = 0
      run.settings.retriever = .gru4Rec(settings)
    }
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
    run.settings.retriever = .sasRec(settings)
    run.settings.train.batch = 8
    run.settings.train.epochs = 2
    var first = try run.training()
    var second = try run.training()
    #expect(try first.finish().map(\.loss) == second.finish().map(\.loss))
  }
}
