import CorralData
import CorralModels
import CorralSampling
import CorralTraining
import Testing
import Torch

/// Steps so large that vectors leave what floats can hold end a training with its reason.
@Suite struct `training that diverges` {
  @Test(
    arguments: NegativeSource.proposed,
    [CooperativeMethod.corr, .rankflow, .icc])
  func `for each other says so`(kind: NegativeSource, method: CooperativeMethod) throws {
    for rate in [Float(1e10), 1e20, 1e30] {
      var pair = PlantedPair(method: method)
      pair.settings.proposal.kind = kind
      pair.settings.proposal.clusters = 4
      pair.settings.cooperation.refreshEvery = 1
      pair.settings.train.rate = rate
      pair.settings.train.optimiser = .sgd
      var training = try CooperativeTraining(
        pair.settings, on: pair.planted.split, of: pair.planted.catalogue)
      do {
        while try training.next() != nil {}
        // Losses that saturate may survive a rate of 1e10; their parameters are numbers then.
        #expect(rate < 1e15 && training.parameters.all.allSatisfy { $0.tensor.isFinite })
      } catch {
        #expect("\(error)".contains("diverged"), "\(kind), \(method), \(rate): \(error)")
      }
    }
  }

  @Test(arguments: [
    RetrieverSettings(GRU4RecSettings()), RetrieverSettings(BPRMFSettings()),
    RetrieverSettings(NeuMFSettings()), RetrieverSettings(ComiRecSettings()),
    RetrieverSettings(SASRecSettings()),
  ])
  func `of a retriever says so`(retriever: RetrieverSettings) throws {
    var run = PlantedRun()
    run.settings = RetrieverTrainingSettings(retriever)
    run.settings.train.rate = 1e30
    run.settings.train.optimiser = .sgd
    run.settings.train.metric = "ndcg@5"
    run.settings.train.epochs = 2
    run.settings.negatives.kind = .uniform
    run.settings.negatives.count = 4
    do {
      var training = try run.training()
      _ = try training.finish()
      Issue.record("\(retriever.name) did not diverge")
    } catch {
      #expect("\(error)".contains("diverged"), "\(retriever.name): \(error)")
    }
  }
}
