import CorralData
import CorralServing
import CorralStore
package import Foundation

extension RecommendationService {
  /// Opens a model beside the one that serves, and swaps it in as a whole.
  ///
  /// - Parameter model: the folder of the model; `nil` for the one that serves now, and those of the
  ///   arms.
  /// - Returns: the version that serves from now on.
  /// - Throws: `ServiceError.refusedModel`, and `.conflict` while another model is loaded; the old
  ///   model then goes on serving.
  package func reload(_ model: URL? = nil) async throws -> String {
    try await reloads.take {
      let (old, arms) = live.withState { ($0.served, $0.arms) }
      let version = try await swap(old, for: model ?? old.folder)
      if model == nil {
        for (arm, old) in arms.sorted(by: { $0.key < $1.key }) {
          _ = try await swap(old, for: old.folder, arm: arm)
        }
      }
      return version
    }
  }

  /// Opens a model and lets it serve in the place of another.
  private func swap(
    _ old: ServedModel, for folder: URL, arm: String? = nil
  ) async throws -> String {
    do {
      var forgettings = live.withState { $0.forgettings }
      let served = try await opened(folder, beside: old)
      // Somebody who was forgotten while the model was opened is forgotten by it too.
      while true {
        let now = live.withState { [forgettings] state in
          if state.forgettings == forgettings { state.serve(served, arm: arm) }
          return state.forgettings
        }
        if now == forgettings { break }
        for id in try store.everForgotten(among: served.recommender.users.texts) {
          _ = served.forget(id)
        }
        forgettings = now
      }
      metrics.model(served, after: old)
      metrics.reload("swapped")
      return served.version
    } catch {
      metrics.reload("refused")
      if error is ServiceError { throw error }
      throw ServiceError.refusedModel(path: folder.path, reason: "\(error)")
    }
  }

  /// Opens a model on a thread of its own, beside those that answer.
  private func opened(_ folder: URL, beside old: ServedModel) async throws -> ServedModel {
    try await withCheckedThrowingContinuation { caller in
      let thread = Thread { [self] in
        caller.resume(
          with: Result {
            let opened = try ModelSuccession.open(folder, by: open)
            try ModelSuccession.checkCatalogue(
              opened.model.items, beside: old.recommender.items, of: folder)
            return try ServedModel(
              opened, folder: folder, at: clock(), store: store, keys: live.keys)
          })
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }
}
