import CorralData
import CorralServing
import CorralStore
package import Foundation

extension RecommendationService {
  /// The places of the models: that for everybody, then those of the arms that have their own.
  package var places: [ModelPlace] { live.withState { $0.models.map(\.place) } }

  /// What serves at a place: the folder of the model, and its version.
  package func serving(at place: ModelPlace) -> (folder: URL, version: String) {
    let model = live.withState { state in
      state.models.first { $0.place == place }?.model ?? state.served
    }
    return (model.folder, model.version)
  }

  /// Opens a model for everybody beside the one that serves, and swaps it in as a whole.
  ///
  /// - Parameter model: the folder of the model; `nil` to open all models that serve anew, those of the
  ///   arms too, and to swap either all or none.
  /// - Returns: the version that serves everybody from now on.
  /// - Throws: `ServiceError.refusedModel`, and `.conflict` while another model is loaded; what served
  ///   then goes on serving.
  package func reload(_ model: URL? = nil) async throws -> String {
    try await reloads.take {
      let models = live.withState { $0.models }
      if let model { return try await swap([(models[0].place, model)])[0] }
      return try await swap(models.map { ($0.place, $0.model.folder) })[0]
    }
  }

  /// Opens the model of one place anew, and swaps it in as a whole; returns its version.
  ///
  /// - Throws: what `reload` throws.
  package func reload(at place: ModelPlace) async throws -> String {
    try await reloads.take { try await swap([(place, serving(at: place).folder)])[0] }
  }

  /// Opens models, and lets all of them serve at their places if none is refused; returns their
  /// versions.
  private func swap(_ changes: [(place: ModelPlace, folder: URL)]) async throws -> [String] {
    let before = live.withState { $0.models }
    var forgettings = live.withState { $0.forgettings }
    var opened: [(place: ModelPlace, model: ServedModel)] = []
    do {
      for (place, folder) in changes {
        guard let old = before.first(where: { $0.place == place })?.model else { continue }
        opened.append((place, try await self.opened(folder, beside: old)))
      }
      // Somebody who was forgotten while the models were opened is forgotten by them too, and what came
      // or changed of items meanwhile is placed by them.
      while true {
        for (_, model) in opened { placeAside(model) }
        let (now, isServing) = live.withState { [forgettings, opened] state in
          let isReady =
            state.forgettings == forgettings
            && opened.allSatisfy { $0.model.side.isUpToDate(state) }
          if isReady { for (place, model) in opened { state.serve(model, at: place) } }
          return (state.forgettings, isReady)
        }
        if isServing { break }
        if now == forgettings { continue }
        for (_, model) in opened {
          for id in try store.everForgotten(among: model.recommender.users.texts) {
            _ = model.forget(id)
          }
        }
        forgettings = now
      }
    } catch {
      metrics.reload("refused")
      throw error
    }
    metrics.models(live.withState { $0.models.map(\.model) }, after: before.map(\.model))
    for _ in opened { metrics.reload("swapped") }
    return opened.map(\.model.version)
  }

  /// Opens a model on a thread of its own, beside those that answer.
  private func opened(_ folder: URL, beside old: ServedModel) async throws -> ServedModel {
    try await withCheckedThrowingContinuation { caller in
      let thread = Thread { [self] in
        caller.resume(
          with: Result {
            do {
              let opened = try ModelSuccession.open(folder, by: open)
              try ModelSuccession.checkCatalogue(
                opened.model.items, beside: old.recommender.items, of: folder)
              let model = try ServedModel(
                opened, folder: folder, at: clock(), store: store, keys: live.keys)
              placeAside(model)
              return model
            } catch let error as ServiceError {
              throw error
            } catch { throw ServiceError.refusedModel(path: folder.path, reason: "\(error)") }
          })
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }
}
