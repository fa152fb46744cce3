import CorralArtifacts
import CorralBaselines
import CorralData
import CorralEvaluation
import CorralIndex
import CorralModels
import CorralSampling
import CorralTraining
import CorralVectors
import Foundation
import Torch

/// A trained retriever of any kind: the one place where kinds become types.
enum TrainedModel {
  case popularity(Popularity)
  case implicitALS(ImplicitALS)
  case item2vec(Item2Vec)
  case network(FrozenModel)

  /// Turns requests into vectors.
  var encoder: any QueryEncoder {
    switch self {
    case .popularity(let model): model
    case .implicitALS(let model): model
    case .item2vec(let model): model
    case .network(let model): model
    }
  }

  /// The vector of every item, `[items, dimension]`: computed, so ask once.
  func itemVectors() -> Matrix {
    switch self {
    case .popularity(let model): model.itemVectors
    case .implicitALS(let model): model.items
    case .item2vec(let model): model.outputs
    case .network(let model): model.itemVectors()
    }
  }

  /// Which items the model can place: those that training met, and those that it knows by features.
  var placed: PlacedItems {
    switch self {
    case .popularity(let model): model.placed
    case .implicitALS(let model): model.placed
    case .item2vec(let model): model.placed
    case .network(let model): model.placed
    }
  }

  /// The vectors whose directions say which items are alike, `[items, dimension]`.
  func similarityVectors() -> Matrix {
    if case .item2vec(let model) = self { model.inputs } else { itemVectors() }
  }

  /// The vectors of some users with what is known of each, `[users, dimension]`.
  func queries(_ users: Range<Int>, histories: Ragged<ItemIndex>) -> Matrix {
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
  func scoring(_ split: Split, part: HeldOut) -> Scoring {
    let histories = split.histories(before: part)
    if case .network(let model) = self { return model.scoring(histories: histories) }
    return .vectors(
      queries: { queries($0, histories: histories) }, items: itemVectors(), placed: placed)
  }

  /// The same weights with or without the item prior in their scores.
  func serving(
    _ serving: CorrectionSettings.Serving, split: Split, settings: Settings
  ) throws -> TrainedModel {
    guard case .network(let model) = self else { return self }
    let prior: ServingPrior? =
      switch serving {
      case .plain: nil
      case .prior:
        ServingPrior(
          counts: split.itemCounts(),
          temperature: settings.training(model.settings).temperature(model.stored))
      }
    return .network(
      try FrozenModel(
        model.settings, for: model.catalogue, stored: model.stored, prior: prior,
        placed: model.placed))
  }
}

extension TrainedModel {
  /// Writes the weights, and whatever gives them their meaning.
  func write(to folder: ModelFolder) throws {
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
  init(_ saved: SavedModel, settings: Settings) throws {
    switch settings.retriever {
    case .popularity:
      self = .popularity(try Popularity(saved.tensors(ModelFile.retriever)))
    case .implicitALS(let factors):
      let tensors = try saved.tensors(ModelFile.retriever)
      let als = settings.als.settings(dimension: factors.dimension, seed: settings.train.seed)
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
      self = .network(try FrozenModel(saved))
    }
  }
}
