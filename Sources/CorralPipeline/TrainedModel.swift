package import CorralArtifacts
package import CorralBaselines
package import CorralData
package import CorralEvaluation
import CorralIndex
package import CorralModels
package import CorralSampling
package import CorralSettings
import CorralTraining
package import CorralVectors
import Foundation
import Torch

/// A trained retriever of any kind: the one place where kinds become types.
package enum TrainedModel {
  case popularity(Popularity)
  case implicitALS(ImplicitALS)
  case item2vec(Item2Vec)
  case network(FrozenRetriever)

  /// The vector of every item, `[items, dimension]`: computed, so ask once.
  package func itemVectors() -> Matrix {
    switch self {
    case .popularity(let model): model.itemVectors
    case .implicitALS(let model): model.items
    case .item2vec(let model): model.outputs
    case .network(let model): model.itemVectors()
    }
  }

  /// Which items the model can place: those that training met, and those that it knows by features.
  package var placed: PlacedItems {
    switch self {
    case .popularity(let model): model.placed
    case .implicitALS(let model): model.placed
    case .item2vec(let model): model.placed
    case .network(let model): model.placed
    }
  }

  /// The network; `nil` for a classical model.
  package var network: FrozenRetriever? {
    if case .network(let model) = self { model } else { nil }
  }

  /// What serving adds to the scores; `nil` for scores as training made them.
  package var prior: ServingPrior? { network?.prior }

  /// The number of trained numbers.
  package var parameterCount: Int {
    switch self {
    case .popularity(let model): model.counts.count
    case .implicitALS(let model): model.users.values.count + model.items.values.count
    case .item2vec(let model): 2 * model.inputs.values.count
    case .network(let model): model.parameterCount
    }
  }

  /// The vectors whose directions say which items are alike, `[items, dimension]`; `nil` for
  /// popularity.
  ///
  /// `items` are the vectors that `itemVectors` makes.
  package func similarityVectors(items: Matrix) -> Matrix? {
    switch self {
    case .popularity: nil
    case .item2vec(let model): model.inputs
    case .implicitALS, .network: items
    }
  }

  /// The vectors of some requests, `[requests * interests, dimension]`, as they are served.
  ///
  /// Implicit ALS folds the history in; a request without a history has the vector of its user.
  package func vectors(for batch: QueryBatch) throws -> Matrix {
    switch self {
    case .popularity: return Matrix(rows: batch.count, columns: 1, repeating: 1)
    case .implicitALS(let model): return try model.vectors(for: batch)
    case .item2vec(let model): return model.vectors(for: batch.histories)
    case .network(let model): return model.vectors(for: batch)
    }
  }

  /// The vectors of some users with what is known of each, `[users, dimension]`.
  package func queries(_ users: Range<Int>, histories: Ragged<ItemIndex>) -> Matrix {
    switch self {
    case .popularity: Matrix(rows: users.count, columns: 1, repeating: 1)
    // As trained, like the library this is compared with: a user's vector knows the training part.
    case .implicitALS(let model): model.users.gathered(users)
    case .item2vec(let model): model.vectors(for: Ragged(users.lazy.map { histories[$0] }))
    case .network(let model):
      model.vectors(
        for: QueryBatch(
          users: users.map(UserIndex.init), histories: Ragged(users.lazy.map { histories[$0] })))
    }
  }

  /// How an evaluation asks the model for its scores.
  package func scoring(_ split: Split, part: HeldOut) -> Scoring {
    let histories = split.histories(before: part)
    if case .network(let model) = self { return model.scoring(histories: histories) }
    return .vectors(
      queries: { queries($0, histories: histories) }, items: itemVectors(), placed: placed)
  }

  /// The same weights with or without the item prior in their scores.
  package func serving(
    _ serving: CorrectionSettings.Serving, split: Split, settings: Settings
  ) throws -> TrainedModel {
    guard case .network(let model) = self else { return self }
    let prior: ServingPrior? =
      switch serving {
      case .plain: nil
      case .prior:
        ServingPrior(
          counts: split.itemCounts(),
          temperature: settings.training(model.settings).temperature(of: model))
      }
    return .network(
      try FrozenRetriever(
        model.settings, for: model.catalogue, stored: model.stored, prior: prior,
        placed: model.placed))
  }
}

extension TrainedModel {
  /// Writes the weights, and whatever gives them their meaning.
  package func write(to folder: ModelFolder) throws {
    switch self {
    case .popularity(let model):
      try folder.write(model.tensors, as: ModelFile.retriever)
    case .implicitALS(let model):
      try folder.write(model.tensors, as: ModelFile.retriever)
    case .item2vec(let model): try folder.write(model.tensors, as: ModelFile.retriever)
    case .network(let model): try model.write(to: folder)
    }
  }

  /// The retriever of a saved model, of the kind that its settings name.
  package init(_ saved: SavedModel, settings: Settings) throws {
    switch settings.retriever {
    case .popularity:
      self = .popularity(try Popularity(saved.tensors(ModelFile.retriever)))
    case .implicitALS(let factors):
      let tensors = try saved.tensors(ModelFile.retriever)
      var als = settings.als
      (als.dimension, als.seed) = (factors.dimension, settings.train.seed)
      let (users, items) = (try tensors.matrix("users"), try tensors.matrix("items"))
      guard users.columns == als.dimension, items.columns == als.dimension else {
        throw ArtifactError.damagedFile(
          path: tensors.url.path,
          reason:
            "its vectors have \(users.columns) elements, and the settings say \(als.dimension)")
      }
      self = .implicitALS(ImplicitALS(settings: als, users: users, items: items))
    case .item2vec(let item2vec):
      self = .item2vec(try Item2Vec(saved.tensors(ModelFile.retriever), settings: item2vec))
    case .network:
      self = .network(try FrozenRetriever(saved))
    }
  }
}

extension ImplicitALS {
  /// The vectors of some requests: folded in from the history, or that of the user without one.
  fileprivate func vectors(for batch: QueryBatch) throws -> Matrix {
    var vectors = try foldIn(batch.histories)
    for (row, user) in batch.users.enumerated() where batch.histories[row].isEmpty {
      guard let user else { continue }
      for (column, value) in users[user.position].enumerated() { vectors[row, column] = value }
    }
    return vectors
  }
}
