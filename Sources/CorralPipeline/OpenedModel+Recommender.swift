import CorralBaselines
import CorralData
import CorralEvaluation
import CorralIndex
package import CorralModels
public import CorralServing
import CorralSettings
import CorralVectors
import Foundation

extension Recommender {
  /// Opens a saved model of any kind, and makes everything that answers.
  ///
  /// Every file is checked against the manifest. A model that another one replaces meanwhile is
  /// opened again.
  ///
  /// - Throws: `ArtifactError` for a damaged model, with the file and the reason.
  public static func open(_ path: String) throws -> Recommender {
    try OpenedModel(path).recommender()
  }
}

extension OpenedModel {
  /// What answers requests: the vectors of all items, the index over them, and the ranker.
  ///
  /// Encodes the catalogue once, for the ranker too. The index is the one that the model was saved with.
  package func recommender() throws -> Recommender {
    let start = ContinuousClock.now
    let stage = try retrieverStage()
    let prepared = ranker.map(PreparedRanker.init)
    let ranking = prepared.map { prepared in
      RankerStage(
        ServedRanker(prepared: prepared, prior: model.prior),
        candidates: settings.evaluate.candidates, context: prepared.ranker.catalogue.context)
    }
    var recommender = Recommender(
      kind: kind, users: users, items: items, titles: titles, histories: histories,
      itemFeatures: itemFeatures, counts: popularityCounts, retriever: stage.stage,
      ranker: ranking,
      cost: Recommender.OpeningCost(
        seconds: 0,
        bytes: bytes + stage.bytes + (prepared?.byteCount ?? 0) + 12 * items.count))
    recommender.cost.seconds = seconds + (ContinuousClock.now - start).inSeconds
    return recommender
  }

  private func retrieverStage() throws -> (stage: RetrieverStage, bytes: Int) {
    let vectors = model.itemVectors()
    let similar = model.similarityVectors(items: vectors)
    let similarity = similar.map { ItemSimilarity($0, placed: model.placed) }
    var bytes = 4 * (vectors.values.count + vectors.rows)
    let search: RetrieverStage.Search
    if case .network(let network) = model, !network.isInnerProduct {
      search = .everyItem(network)
    } else {
      let index = try index(over: vectors)
      // An exact index is the vectors themselves.
      if !index.isExact { bytes += index.byteCount }
      if case .partitioned(let index) = index, let divided {
        search = .clusters(divided.search(index), items: vectors)
      } else {
        search = .index(index, items: vectors)
      }
    }
    let stage = RetrieverStage(
      search, placed: model.placed, scoredBy: scoredBy, similarity: similarity,
      placing: model.network.flatMap { $0.placesByFeatures ? $0 : nil },
      encoder: { [model] in try model.vectors(for: $0) })
    return (stage, bytes)
  }

  /// How often each item occurs in the saved histories; a popularity model has counted by itself.
  private var popularityCounts: [Int] {
    if case .popularity(let model) = model { return model.counts }
    return interactionCounts
  }

  /// Which parts of a request decide the retriever's scores.
  private var scoredBy: ScoredBy {
    switch model {
    case .popularity: .nothing
    case .implicitALS: .historyFirst
    case .item2vec: .history
    case .network(let network): network.settings.model.scoredBy(network.catalogue)
    }
  }

  /// The memory of what was read from the files, in bytes.
  private var bytes: Int {
    let parameters = model.parameterCount + (ranker?.parameterCount ?? 0)
    let texts = users.texts.bytes.count + items.texts.bytes.count + titles.bytes.count
    return 4 * (parameters + histories.values.count) + 8 * histories.count + texts
      + 24 * (users.count + items.count)
  }
}

extension FrozenRetriever: CatalogueScorer, ItemPlacing {}
