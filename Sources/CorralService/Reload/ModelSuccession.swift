package import CorralData
package import Foundation

/// Whether a new model may serve in place of another.
package enum ModelSuccession {
  /// Opens a model, and says which version was opened.
  ///
  /// A folder that is replaced meanwhile is opened again, a few times.
  ///
  /// - Parameters:
  ///   - folder: the folder of the model.
  ///   - open: opens it and checks all of it.
  /// - Returns: the model, and the version that stood in the folder before and after.
  /// - Throws: `ServiceError.refusedModel` with the reason: a damaged file, a newer format.
  package static func open<Model>(
    _ folder: URL, by open: (URL) throws -> Model
  ) throws -> (model: Model, version: ModelVersion) {
    do {
      var version = try ModelVersion(of: folder)
      for _ in 0..<10 {
        let opened = Result { try open(folder) }
        let now = try ModelVersion(of: folder)
        if now == version { return (try opened.get(), version) }
        version = now
      }
      throw ServiceError.refusedModel(
        path: folder.path, reason: "it is replaced faster than it can be opened")
    } catch let error as ServiceError {
      throw error
    } catch {
      throw ServiceError.refusedModel(path: folder.path, reason: "\(error)")
    }
  }

  /// Checks that a model has the catalogue of the one that serves: at least half of its items.
  ///
  /// Looks up every served item, about 100 ns each.
  ///
  /// - Parameters:
  ///   - new: the items of the new model.
  ///   - served: the items of the model that serves.
  ///   - folder: the folder of the new model.
  /// - Throws: `ServiceError.refusedModel` with both counts.
  package static func checkCatalogue(
    _ new: Vocabulary, beside served: Vocabulary, of folder: URL
  ) throws {
    let shared = served.texts.indices.count { place in
      served.texts.withBytes(at: place) { new.position(of: Array($0)) } != nil
    }
    try checkShared(shared, of: served.count, in: folder)
  }

  /// Checks that a model has at least half of the served items.
  ///
  /// - Throws: `ServiceError.refusedModel` with both counts.
  package static func checkShared(_ shared: Int, of served: Int, in folder: URL) throws {
    if 2 * shared < served {
      throw ServiceError.refusedModel(
        path: folder.path,
        reason:
          "it has \(shared) of the \(served) items of the model that serves, so it is another "
          + "catalogue")
    }
  }
}
